import { overrideRoutes } from '../overrides.ts'
import { healthRoutes } from '../reads.ts'
import type { Routes } from '../server.ts'
import type { ApiParts } from './parts.ts'
import { pastRoutes } from './past-routes.ts'
import { sessionRoutes } from './session-routes.ts'
import { stateRoutes } from './state-routes.ts'
import { streamRoutes } from './stream-routes.ts'

/** All of /api/v1 but what has parts of its own, and what watches the controller itself. */
export const apiRoutes =
  (parts: ApiParts): Routes =>
  (app) => {
    healthRoutes(parts.shown)(app)
    stateRoutes(app, parts)
    pastRoutes(app, parts)
    streamRoutes(app, parts)
    sessionRoutes(app, parts)
    overrideRoutes(parts.door, parts.hand)(app)
  }
