import { spawnSync } from 'node:child_process'
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os'
import { JVM } from '../../scripts/kafka/broker.ts'
import { findKafka, KAFKA_VERSION } from '../../scripts/kafka/home.ts'
import { PARTITIONS } from './run.ts'

/** What figures depend on, in words. */
export type Conditions = Readonly<Record<string, string>>

/** `reference`: what the reference was built with, or why it is not there. */
export function conditionsOf(reference: string): Conditions {
  const load = loadavg().map((value) => value.toFixed(2))
  return {
    machine: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores for server, broker and generator together, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}`,
    'load average before': `${load.join(' ')} (1, 5 and 15 minutes)`,
    node: process.versions.node,
    kafka: `${kafka()}; java ${java()}, ${JVM.join(' ')}; one node, ${PARTITIONS} partitions, one replica`,
    reference,
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
  }
}

const kafka = (): string =>
  process.env['KAFKA_HOME']
    ? 'of KAFKA_HOME'
    : findKafka(process.env).kind === 'found'
      ? KAFKA_VERSION
      : 'none'

function java(): string {
  const { stderr } = spawnSync('java', ['-version'], { encoding: 'utf8' })
  return /version "([^"]+)"/.exec(stderr ?? '')?.[1] ?? 'unknown'
}

/** Whether wrk can be run. */
export const hasWrk = (): boolean => spawnSync('wrk', ['--version']).error === undefined
