import { duration } from '../../decision/words.ts'
import { type Remark, remarksOn } from '../remark.ts'

/** So far (ms) two clocks may differ without anybody noticing. */
const SLACK = 2_000

/**
 * The clock of a source against ours. `skew`: how far it is ahead for certain, in ms; negative: behind. `interval`: of its samples, ms:
 * those that are further in the future are refused, and what lies further back counts as old.
 */
export function judgeSkew(about: string, skew: number, interval: number): Remark[] {
  const { ok, warning, wrong } = remarksOn(about)
  const by = Math.abs(skew)
  if (by <= SLACK) return [ok('its clock agrees with that of this machine')]
  const said = `its clock is ${duration(by)} ${skew > 0 ? 'ahead of' : 'behind'} that of this machine`
  const remedy =
    'set both clocks by NTP (timedatectl status, chronyc tracking) and see which of them is wrong'
  if (by <= interval) return [warning(said, remedy)]
  const why =
    skew > 0 ? 'what it has seen last looks like the future and is refused' : 'all that it has looks old'
  return [wrong(`${said}: ${why}`, remedy)]
}

/** A host whose Date header was seen. */
export interface HostClock {
  host: string
  /** Ms. */
  skew: number
}

/** Clocks of hosts: nothing is decided by them, but what they write carries their times. */
export function judgeHostClocks(pool: string, clocks: readonly HostClock[]): Remark[] {
  const { ok, warning } = remarksOn(`clocks of pool ${pool}`)
  const off = clocks.filter(({ skew }) => Math.abs(skew) > SLACK)
  if (clocks.length === 0) return []
  if (off.length === 0) return [ok(`those of ${clocks.length} hosts that answer agree with this machine's`)]
  return off.map(({ host, skew }) =>
    warning(
      `that of ${host} is ${duration(Math.abs(skew))} ${skew > 0 ? 'ahead of' : 'behind'} this machine's`,
      'see that NTP runs in the image of its pool: its logs and what it sends carry wrong times',
    ),
  )
}
