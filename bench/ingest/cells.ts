import type { Connection, Loop, Shape } from './load/order.ts'

/** One way of loading a server, measured with each of its contenders in turn. */
export interface Cell {
  /** Short, for --only. */
  name: string
  /** For the tables. */
  title: string
  /** Where events go: a real Kafka, a file in memory, or nowhere at all. */
  into: 'kafka' | 'memory' | 'nothing'
  shape: Shape
  connection: Connection
  loop: Loop
  connections: number
  generator: 'own' | 'wrk'
  contenders: readonly Contender[]
}

/** Servers that are measured. The reference writes with acks=1, so ours with acks=1 is its like. */
export type Contender =
  | 'gateway acks=1'
  | 'gateway acks=all'
  | 'gateway on kafkajs'
  | 'reference acks=1'
  | 'gateway'
  | 'no-op'

export const REFERENCE: Contender = 'reference acks=1'

export const BATCH_EVENTS = 100

const all: readonly Contender[] = ['gateway acks=1', 'gateway acks=all', REFERENCE]
const ours: readonly Contender[] = ['gateway acks=1', 'gateway acks=all']

const single = { shape: { kind: 'single' }, generator: 'own' } as const
const batch = { shape: { kind: 'batch', events: BATCH_EVENTS }, generator: 'own' } as const
const closed = { loop: { kind: 'closed' } } as const
const open = (rate: number) => ({ loop: { kind: 'open', rate }, connections: 256 }) as const
const kept = { connection: 'keep-alive' } as const
const closing = { connection: 'close' } as const

const kafka = { into: 'kafka' } as const
const alone = { into: 'memory', contenders: ['gateway'] } as const
const nothing = { into: 'nothing', contenders: ['no-op'] } as const

/** Everything that is measured, but for the run that holds its rate. Rates of open loops are requests a second. */
export const CELLS: readonly Cell[] = [
  {
    name: 'kafka-open',
    title: 'open loop 10,000/s, keep-alive',
    ...{ ...kafka, ...single, ...kept, ...open(10_000), contenders: all },
  },
  {
    name: 'kafka-open-close',
    title: 'open loop 4,000/s, Connection: close',
    ...{ ...kafka, ...single, ...closing, ...open(4_000), contenders: all },
  },
  {
    name: 'kafka-closed',
    title: 'closed loop, 64 connections, keep-alive',
    ...{ ...kafka, ...single, ...kept, ...closed, connections: 64, contenders: all },
  },
  {
    name: 'kafka-closed-close',
    title: 'closed loop, 64 connections, Connection: close',
    ...{ ...kafka, ...single, ...closing, ...closed, connections: 64, contenders: all },
  },
  {
    name: 'kafka-wrk',
    title: 'wrk, 64 connections, keep-alive',
    ...{ ...kafka, ...single, ...kept, ...closed, connections: 64, generator: 'wrk', contenders: all },
  },
  {
    name: 'kafka-wrk-close',
    title: 'wrk, 64 connections, Connection: close',
    ...{ ...kafka, ...single, ...closing, ...closed, connections: 64, generator: 'wrk', contenders: all },
  },
  {
    name: 'kafka-batch',
    title: 'batches of 100, closed loop, 16 connections, keep-alive',
    ...{ ...kafka, ...batch, ...kept, ...closed, connections: 16, contenders: ours },
  },
  {
    name: 'kafka-batch-open',
    title: 'batches of 100, open loop 1,000/s (100,000 events/s), keep-alive',
    ...{ ...kafka, ...batch, ...kept, ...open(1_000), contenders: ['gateway acks=all'] },
  },
  {
    name: 'alone',
    title: 'closed loop, 64 connections, keep-alive',
    ...{ ...alone, ...single, ...kept, ...closed, connections: 64 },
  },
  {
    name: 'alone-open',
    title: 'open loop 10,000/s, keep-alive',
    ...{ ...alone, ...single, ...kept, ...open(10_000) },
  },
  {
    name: 'alone-close',
    title: 'closed loop, 64 connections, Connection: close',
    ...{ ...alone, ...single, ...closing, ...closed, connections: 64 },
  },
  {
    name: 'alone-batch',
    title: 'batches of 100, closed loop, 16 connections, keep-alive',
    ...{ ...alone, ...batch, ...kept, ...closed, connections: 16 },
  },
  {
    name: 'generator',
    title: 'closed loop, 64 connections, keep-alive',
    ...{ ...nothing, ...single, ...kept, ...closed, connections: 64 },
  },
  {
    name: 'generator-close',
    title: 'closed loop, 64 connections, Connection: close',
    ...{ ...nothing, ...single, ...closing, ...closed, connections: 64 },
  },
  {
    name: 'generator-batch',
    title: 'batches of 100, closed loop, 16 connections, keep-alive',
    ...{ ...nothing, ...batch, ...kept, ...closed, connections: 16 },
  },
]

const clients = { ...kafka, contenders: ['gateway acks=all', 'gateway on kafkajs'] } as const

/** For the choice of the Kafka client: the gateway as it is, and the same gateway on the client that was not chosen. */
export const CLIENT_CELLS: readonly Cell[] = [
  {
    name: 'clients-sequential',
    title: 'clients compared: closed loop, 1 connection, keep-alive',
    ...{ ...clients, ...single, ...kept, ...closed, connections: 1 },
  },
  {
    name: 'clients-closed',
    title: 'clients compared: closed loop, 64 connections, keep-alive',
    ...{ ...clients, ...single, ...kept, ...closed, connections: 64 },
  },
  {
    name: 'clients-open',
    title: 'clients compared: open loop 5,000/s, keep-alive',
    ...{ ...clients, ...single, ...kept, ...open(5_000) },
  },
  {
    name: 'clients-close',
    title: 'clients compared: closed loop, 64 connections, Connection: close',
    ...{ ...clients, ...single, ...closing, ...closed, connections: 64 },
  },
  {
    name: 'clients-batch',
    title: 'clients compared: batches of 100, closed loop, 16 connections, keep-alive',
    ...{ ...clients, ...batch, ...kept, ...closed, connections: 16 },
  },
]

/** The run that has to hold: one gateway process, acks=all, single events, keep-alive. `rate` is events a second. */
export const holdCell = (rate: number): Cell => ({
  name: 'hold',
  title: `open loop ${rate.toLocaleString('en-US')}/s, keep-alive`,
  ...{ ...kafka, ...single, ...kept, ...open(rate), contenders: ['gateway acks=all'] },
})
