import { policy } from './small-place.ts'

const good = policy('{ min: 1, max: 2 }')
const rule = `rules:
  - name: events
    source: main
    query: sum(rate(api_requests_count[5s]))
    per: workload
    window: 10s
    integral: { above: 60, below: 20 }
`
const ruled = policy('{ min: 1, max: 2 }', rule)

/** Files in the place of the policies, and all that is to be said of them. */
export type Row = { name: string; files: Record<string, string>; problems: string[] }

export const rows: readonly Row[] = [
  {
    name: 'two policies for one workload',
    files: { 'policies/ingest.yaml': good, 'policies/second.yaml': good },
    problems: ['policies/second.yaml:1: workload: "ingest" has a policy already, in policies/ingest.yaml:1'],
  },
  {
    name: 'a source that is not there, and the nearest one',
    files: { 'policies/ingest.yaml': ruled.replace('source: main', 'source: mian') },
    problems: [
      'policies/ingest.yaml:9: rules[0].source: there is no source "mian" in the settings; did you mean "main"?',
    ],
  },
  {
    name: 'a pool that is not there, and the nearest one',
    files: { 'policies/ingest.yaml': good.replace('pool: local', 'pool: locla') },
    problems: [
      'policies/ingest.yaml:2: pool: there is no pool "locla" in the settings; did you mean "local"?',
    ],
  },
  {
    name: 'a pool like none, and those that there are',
    files: { 'policies/ingest.yaml': good.replace('pool: local', 'pool: edge') },
    problems: ['policies/ingest.yaml:2: pool: there is no pool "edge" in the settings; there is local'],
  },
  {
    name: 'a min above the max',
    files: { 'policies/ingest.yaml': policy('{ min: 3, max: 2 }') },
    problems: ['policies/ingest.yaml:6: size.min: min (3) is more than max (2)'],
  },
  {
    name: 'minima beyond the pool',
    files: { 'policies/ingest.yaml': policy('{ min: 5, max: 6 }') },
    problems: [
      'policies/ingest.yaml:6: size.min: the minima do not fit pool local (2 x 2 slots): ingest gets 4 of 5; raise hosts.max or lower a min',
    ],
  },
  {
    name: 'a window shorter than a few intervals',
    files: { 'policies/ingest.yaml': ruled.replace('window: 10s', 'window: 3s') },
    problems: [
      'policies/ingest.yaml:12: rules[0].window: window (3s) is shorter than 4 intervals of 1s: at least 4s',
    ],
  },
  {
    name: 'a policy that is a folder',
    files: { 'policies/ingest.yaml/x': '' },
    problems: ['policies/ingest.yaml: cannot be read: it is a folder'],
  },
  {
    name: 'a folder of policies that is a file',
    files: { policies: '' },
    problems: ['policies: cannot be read: it is not a folder'],
  },
  { name: 'no folder of policies', files: {}, problems: ['policies: does not exist'] },
  {
    name: 'several at once, all told',
    files: {
      'policies/ingest.yaml': ruled
        .replace('source: main', 'source: mian')
        .replace('window: 10s', 'window: 10x'),
      'policies/second.yaml': policy('{ min: 3, max: 2 }').replace('workload: ingest', 'workload: Ingest'),
    },
    problems: [
      'policies/ingest.yaml:9: rules[0].source: there is no source "mian" in the settings; did you mean "main"?',
      'policies/ingest.yaml:12: rules[0].window: has to be a duration such as 15s, 5m or 1h30m, not "10x"',
      'policies/second.yaml:1: workload: has to be of lower-case letters, digits and dashes, at most 40, and begin with a letter',
      'policies/second.yaml:6: size.min: min (3) is more than max (2)',
    ],
  },
]
