import type { Report } from './report.ts'
import { type Line, span } from './view/line.ts'
import { clock, latencyInWords, whole } from './view/scene.ts'

/** What the demo showed, for the end. `faults`: what it did not show. */
export function summaryLines(report: Report, faults: readonly string[], began: number): Line[] {
  const { minInstances, maxInstances, finalInstances, latency, duration } = report
  const times =
    latency === undefined
      ? 'nothing was acknowledged'
      : `p50 ${latencyInWords(latency.p50)}, p99 ${latencyInWords(latency.p99)}, longest ${latencyInWords(latency.max)}, from when each event was due`
  return [
    [span('What Capuchin did', 'title')],
    ...report.decisions.filter(({ from, to }) => from !== to).map((decision) => moved(decision, began)),
    [],
    [span('What came of it', 'title')],
    [span(`  instances  ${minInstances} -> ${maxInstances} -> ${finalInstances}, on up to ${most(report)}`)],
    ...consumersOf(report),
    ...cloudOf(report),
    [span('  events     '), ...eventsOf(report)],
    ...repeatsOf(report),
    [span(`  latency    ${times}`)],
    [span(`  time       ${clock(duration)}`)],
    [],
    ...verdict(report, faults),
  ]
}

const most = ({ maxHosts, cloud }: Report): string =>
  cloud === undefined ? `${maxHosts} hosts` : `${cloud.most} VMs`

function moved({ at, sentence, from, to }: Report['decisions'][number], began: number): Line {
  return [span(clock(at - began).padStart(6), 'dim'), span(`  ${sentence}`, to > from ? 'high' : 'low')]
}

function consumersOf({ consumers }: Report): Line[] {
  if (consumers === undefined) return []
  return [[span(`  consumers  ${consumers.min} -> ${consumers.max} -> ${consumers.final}`)]]
}

/** `VMs        5 ordered, 4 at most at once, none left`, and what they cost. */
function cloudOf({ cloud }: Report): Line[] {
  if (cloud === undefined) return []
  const { ordered, most: atOnce, left, bill, books } = cloud
  const rest = left.length === 0 ? 'none left' : `${left.length} LEFT`
  const same =
    books === undefined
      ? ''
      : `; up to its last tick ${sum(books.cloud)}, and by Capuchin's books ${sum(books.own)}`
  return [
    [
      span(`  VMs        ${ordered} made, ${atOnce} at most at once, `),
      span(rest, left.length === 0 ? 'good' : 'bad'),
    ],
    [span(`  money      ${sum(bill)} by the fake cloud's bill`), span(same, 'dim')],
  ]
}

const sum = (value: number): string => value.toFixed(3)

/** Why Kafka's consumers stored some events twice, in those words that at-least-once asks for. */
function repeatsOf({ duplicates, readAgain }: Report): Line[] {
  if (readAgain === undefined || duplicates === 0) return []
  const why = [
    [readAgain, 'read again by another consumer, as they were not committed yet when it took over'],
    [duplicates - readAgain, 'sent again, as their acknowledgement got lost'],
  ] as const
  const told = why.filter(([amount]) => amount > 0).map(([amount, text]) => `${whole(amount)} ${text}`)
  return [[span(`  twice      ${told.join('; ')}`, 'dim')]]
}

/** `34,567 sent = 34,567 acknowledged = 34,567 on disk` (or consumed), or where the numbers part. */
function eventsOf({ sent, acknowledged, stored, consumed, retries, duplicates }: Report): Line {
  const last = consumed === undefined ? 'on disk' : 'consumed'
  const first = sent === acknowledged ? '=' : '≠'
  const second = acknowledged === stored ? '=' : '≠'
  const same = first === '=' && second === '='
  const numbers = `${whole(sent)} sent ${first} ${whole(acknowledged)} acknowledged ${second} ${whole(stored)} ${last}`
  const extra =
    retries + duplicates === 0 ? '' : `  (${whole(retries)} retries, ${whole(duplicates)} stored twice)`
  return [span(numbers, same ? 'good' : 'bad'), span(extra, 'dim')]
}

function verdict({ consumers, cloud }: Report, faults: readonly string[]): Line[] {
  if (faults.length > 0) return faults.map((fault) => [span('FAILED: ', 'bad'), span(fault)])
  const who = consumers === undefined ? 'It' : 'Gateways and consumers'
  const lost =
    cloud === undefined ? 'lost nothing' : 'lost nothing, though a zone was full and a VM was taken away'
  return [[span(`${who} scaled out with the load and in again, and ${lost}.`, 'good')]]
}
