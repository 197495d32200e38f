import type { Rows } from './row.ts'

const local = { pool: 'local' }
const edge = { pool: 'edge' }

export const capacityRows: Rows = {
  'CPU of the hosts': [
    {
      event: 'exporter frozen',
      where: local,
      change: 'goes',
      says: 'no line without the exporter of the machine',
    },
    {
      event: 'exporter frozen',
      query: 'C',
      change: 'appears',
      says: 'and that of the instances stands in for it',
    },
  ],
  'Memory of the hosts': [
    {
      event: 'exporter frozen',
      where: local,
      change: 'goes',
      says: 'no line without the exporter of the machine',
    },
    {
      event: 'exporter frozen',
      query: 'C',
      change: 'appears',
      says: 'and that of the instances stands in for it',
    },
  ],
  Slots: [
    { event: 'load', where: local, change: 'grows', says: 'a workload that grows takes slots' },
    {
      event: 'load',
      query: 'B',
      where: local,
      change: 'grows',
      says: 'and a host is ordered for the spare one',
    },
    { event: 'calm', where: local, change: 'falls', says: 'a workload that shrinks gives slots back' },
  ],
  'Free slots': {
    event: 'calm',
    where: local,
    change: 'grows',
    says: 'a workload that shrinks leaves slots free',
  },
  'Used slots': { event: 'calm', where: local, change: 'falls', says: 'and the share of used ones falls' },
  'Hosts by state': {
    event: 'load',
    where: local,
    change: 'grows',
    says: 'a second host for what does not fit on one',
  },
  'Hosts by zone': {
    event: 'load',
    where: local,
    change: 'grows',
    says: 'the second host is in one zone or the other',
  },
  'Is the pool seen?': {
    event: 'cloud away',
    where: edge,
    change: 'grows',
    says: 'a cloud that does not answer',
  },
  'Alarms of pools by kind': {
    event: 'quota',
    query: 'B',
    where: { ...edge, kind: 'paused' },
    change: 'appears',
    says: 'a refused order pauses orders',
  },
  'Orders no hosts for': {
    event: 'quota',
    where: edge,
    change: 'grows',
    says: 'a refused order pauses orders for a while',
  },
  'Alarms of pools': { event: 'quota', where: edge, change: 'grows', says: 'a refused order is an alarm' },
  Workloads: {
    event: 'load',
    query: 'B',
    where: { workload: 'ingest' },
    change: 'grows',
    says: 'the size that was granted',
  },
  'Instances by host': [
    { event: 'load', change: 'more', says: 'more instances on more hosts' },
    { event: 'host killed', query: 'B', change: 'appears', says: 'instances of a lost host do not answer' },
  ],
  'Scraped of what is published': {
    event: 'host killed',
    change: 'falls',
    says: 'instances of a lost host do not answer',
  },
  'Cost per hour': {
    event: 'load',
    where: local,
    change: 'grows',
    says: 'a second host costs as much as the first',
  },
  'Money spent in this range': {
    event: 'load',
    where: local,
    change: { grows: 1.2 },
    says: 'two hosts cost more than one',
  },
  'Idle share of the money': {
    event: 'load',
    where: local,
    change: 'falls',
    says: 'hosts that are used are less idle',
  },
  'Host hours in this range': {
    event: 'load',
    where: local,
    change: { grows: 1.2 },
    says: 'two hosts have more hours than one',
  },
}
