import type { Rows } from './row.ts'

const ingest = { workload: 'ingest' }

export const ingestRows: Rows = {
  Requests: { event: 'load', where: ingest, change: 'grows', says: 'more requests' },
  'Events received and stored': [
    { event: 'load', where: ingest, change: 'grows', says: 'more events come in' },
    { event: 'load', query: 'B', where: ingest, change: 'grows', says: 'and are durable' },
  ],
  'Time to answer': {
    event: 'load',
    where: ingest,
    change: 'appears',
    says: 'no time is measured where nobody asks',
  },
  'Events not acknowledged': {
    event: 'bad posts',
    where: { type: 'json' },
    change: 'grows',
    says: 'what is no JSON is refused',
  },
  'Requests not answered with 200': {
    event: 'bad posts',
    where: { type: 'json' },
    change: 'grows',
    says: 'what is no JSON is refused',
  },
  'Queue and requests under way': [
    { event: 'broker frozen', where: ingest, change: 'grows', says: 'events wait for the broker' },
    {
      event: 'broker frozen',
      query: 'B',
      where: ingest,
      change: 'grows',
      says: 'and so do those who sent them',
    },
  ],
  'Time to write to Kafka': {
    event: 'load',
    where: ingest,
    change: 'appears',
    says: 'no time is measured where nothing is written',
  },
  'Batches by what became of them': { event: 'load', change: 'grows', says: 'batches are written' },
  'Batches in flight and tried again': {
    event: 'broker frozen',
    where: ingest,
    change: 'grows',
    says: 'batches wait for the broker',
  },
  'Events read and written': [
    { event: 'load', change: 'grows', says: 'what came in is read' },
    { event: 'load', query: 'B', change: 'grows', says: 'and written' },
  ],
  'Lag by partition': { event: 'backlog', change: 'grows', says: 'many events at once' },
  'Time to drain the lag': { event: 'backlog', change: { grows: 2 }, says: 'many events take long' },
  'Events set aside as dead letters': {
    event: 'poison',
    change: 'grows',
    says: 'what nobody can read is set aside',
  },
  'Rebalances and what comes again': {
    event: 'second consumer',
    change: 'grows',
    says: 'partitions are given out anew',
  },
  'Time of a batch': { event: 'load', change: 'appears', says: 'no time is measured where nothing is read' },
  'Events in a batch, and in flight': { event: 'backlog', change: 'grows', says: 'batches become full' },
  'Partitions by consumer': { event: 'second consumer', change: 'more', says: 'a line for each' },
  'Failing and draining consumers': { event: 'one consumer', change: 'grows', says: 'one drains' },
  'Events in a batch': {
    event: 'load',
    where: ingest,
    change: 'appears',
    says: 'no batch where nothing comes',
  },
  'Bytes held by each gateway': {
    event: 'broker frozen',
    change: 'grows',
    says: 'bodies wait for the broker',
  },
  'Draining gateways': { event: 'calm', change: 'grows', says: 'those that go drain first' },
  'CPU by instance': { event: 'load', change: 'more', says: 'a line for each' },
  'Event loop by instance': { event: 'load', change: 'more', says: 'a line for each' },
  'TLS certificate valid for': {
    event: 'new certificate',
    change: { grows: 2 },
    says: 'the new one is valid for longer',
  },
}
