import { randomBytes } from 'node:crypto'
import { createDoor, type Door, type DoorDeps } from '../../controller/web/api/door.ts'

/** A door with this token, behind which nobody waits. */
export const aDoor = (token: string | undefined, given: Partial<DoorDeps> = {}): Door =>
  createDoor({
    token: async () => token,
    reads: 'open',
    sleep: async () => {},
    now: () => Date.now(),
    secret: () => randomBytes(24).toString('base64url'),
    ...given,
  })
