import { duration } from '../../decision/words.ts'
import { type Remark, remarksOn } from '../remark.ts'
import { judgeSkew } from './clock.ts'

/** How a server of metrics answered a question that needs no data. Times in ms. */
export type Answered =
  | { kind: 'answered'; took: number; skew?: number }
  /** A detail names the remedy where there is one. */
  | { kind: 'fault'; detail: string }

/** `timeout`: what the settings allow a reading; `interval`: of its samples; ms. */
export interface SourceFacts {
  name: string
  where: string
  timeout: number
  interval: number
  answer: Answered
}

/** An answer that takes so much of what is allowed will be late one day. */
const SLOW = 0.5

export function judgeSource({ name, where, timeout, interval, answer }: SourceFacts): Remark[] {
  const about = `source ${name}`
  const { ok, warning, wrong } = remarksOn(about)
  if (answer.kind === 'fault')
    return [
      wrong(
        answer.detail,
        `see that it runs, and sources.${name} in the settings; until then its rules are missing, and nothing goes in by them`,
      ),
    ]
  const { took, skew } = answer
  const spent = `${where} answers in ${Math.max(1, Math.round(took))} ms`
  const speed =
    took > timeout * SLOW
      ? warning(
          `${spent}, of ${duration(timeout)} that a reading may take`,
          `find out what it is busy with, or raise sources.${name}.timeout`,
        )
      : ok(spent)
  return skew === undefined ? [speed] : [speed, ...judgeSkew(about, skew, interval)]
}

/** Whether a Prometheus scrapes the instances that are ready. `up`: instances (ids or addresses) with the value of `up`. */
export interface ScrapedFacts {
  name: string
  /** By the names that `up` may have for each: its id and its address. */
  ready: readonly { id: string; names: readonly string[] }[]
  up: ReadonlyMap<string, number>
  /** The list that Prometheus should read. */
  list: string
}

export function judgeScraped({ name, ready, up, list }: ScrapedFacts): Remark[] {
  const { ok, warning, wrong } = remarksOn(`source ${name}`)
  if (ready.length === 0) return []
  const seen = ready.map(({ id, names }) => ({
    id,
    value: names.map((one) => up.get(one)).find((value) => value !== undefined),
  }))
  const unknown = seen.filter(({ value }) => value === undefined).map(({ id }) => id)
  const down = seen.filter(({ value }) => value === 0).map(({ id }) => id)
  const some = (ids: readonly string[]): string =>
    `${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ', ...' : ''}`
  const remarks: Remark[] = []
  if (unknown.length === ready.length)
    return [
      warning(
        `it scrapes none of the ${ready.length} ready instances (none has a series \`up\`)`,
        `where rules need their metrics: add ${list} to file_sd_configs of a job in its configuration, and see Status > Targets`,
      ),
    ]
  if (unknown.length > 0)
    remarks.push(
      warning(
        `it does not scrape ${unknown.length} of ${ready.length} ready instances: ${some(unknown)}`,
        `see Status > Targets in it, and that it reads ${list} (a new target takes it 5 to 10 s)`,
      ),
    )
  if (down.length > 0)
    remarks.push(
      wrong(
        `it cannot scrape ${down.length} of ${ready.length} ready instances: ${some(down)}`,
        'see the error in Status > Targets in it: port, path, firewall, or a time-out of the scrape',
      ),
    )
  return remarks.length > 0 ? remarks : [ok(`it scrapes all of the ${ready.length} ready instances`)]
}
