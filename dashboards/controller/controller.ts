import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { board } from '../parts/board.ts'
import { controllers, datasource } from '../parts/variables.ts'
import { loopRow } from './loop.ts'
import { outsideRow, recordsRow } from './outside.ts'
import { moneyRow, processRow } from './process.ts'
import { relayRow } from './relay.ts'
import { seatRow } from './seat.ts'

/** Whether the controller itself is well: its loop, what it asks, what it tells, what it keeps. */
export const controller = (): Dashboard =>
  board({
    uid: 'capuchin-controller',
    title: 'Controller',
    about:
      'Whether the controller itself is well: its loop, sources, providers, what it publishes and keeps, and its process.',
    tags: ['controller'],
    variables: [datasource(), ...controllers()],
    rows: [loopRow(), outsideRow(), recordsRow(), seatRow(), moneyRow(), processRow(), relayRow()],
  })
