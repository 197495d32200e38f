import type { Status } from '../controller/web/status.ts'
import type { CloudState } from './cloud/protocol.ts'
import type { LoadProgress } from './load/protocol.ts'
import type { Pace } from './pace.ts'
import { type Moment, momentOfWave, type Stage, stagesOf } from './progress.ts'
import type { Sizes } from './report.ts'
import { consumerWorkload, workload as ingest } from './setup/files.ts'
import type { Told } from './story.ts'
import type { Point } from './view/chart.ts'
import { decisionFor, lagOf, type Scene } from './view/scene.ts'

/** Collects what is seen and told while the demo runs, and answers it as the scene to be shown. */
export interface Course {
  /** The controller serves at `url` from now on. */
  serves(url: string): void
  waveBegins(): void
  countingBegins(): void
  seen(status: Status): void
  /** How the fake cloud is by its own books. */
  cloudSeen(cloud: CloudState): void
  cloud(): CloudState | undefined
  loaded(progress: LoadProgress): void
  load(): LoadProgress | undefined
  told(told: readonly Told[]): void
  status(): Status | undefined
  sizes(): Sizes
  /** The same of the consumers. */
  consumers(): Sizes
  scene(): Scene
}

/** `now`: epoch ms. */
export function createCourse(pace: Pace, now: () => number): Course {
  const began = now()
  const stages = stagesOf(pace)
  const trends = { rate: points(), level: points(), ready: points(), lag: points(), consumers: points() }
  const told: Told[] = []
  const sizes = noSizes()
  const consumers = noSizes()
  let url: string | undefined
  let status: Status | undefined
  let cloud: CloudState | undefined
  let load: LoadProgress | undefined
  let waveBegan: number | undefined
  let countingBegan: number | undefined

  function seen(latest: Status): void {
    status = latest
    const t = now() - began
    if (load !== undefined) trends.rate.push({ t, value: load.rate })
    const decision = decisionFor(latest, ingest)
    const { level } = decision?.rules[0] ?? {}
    if (level !== undefined) trends.level.push({ t, value: level })
    if (decision !== undefined) trends.ready.push({ t, value: decision.counts.ready })
    note(sizes, latest, ingest)
    if (pace.consumer !== undefined) follow(latest, t)
  }

  function follow(latest: Status, t: number): void {
    const lag = lagOf(latest)
    if (lag !== undefined) trends.lag.push({ t, value: lag })
    const decision = decisionFor(latest, consumerWorkload)
    if (decision !== undefined) trends.consumers.push({ t, value: decision.counts.ready })
    note(consumers, latest, consumerWorkload)
  }

  const moment = (): Moment => momentOf({ stages, pace, began, waveBegan, countingBegan }, now())
  return {
    serves: (at) => {
      url = at
    },
    waveBegins: () => {
      waveBegan = now()
    },
    countingBegins: () => {
      countingBegan = now()
    },
    seen,
    cloudSeen: (latest) => {
      cloud = latest
    },
    cloud: () => cloud,
    loaded: (progress) => {
      load = progress
    },
    load: () => load,
    told: (more) => void told.push(...more),
    status: () => status,
    sizes: () => sizes,
    consumers: () => consumers,
    scene: () => ({
      ...{
        began,
        elapsed: now() - began,
        pace,
        stages,
        moment: moment(),
        url,
        load,
        status,
        cloud,
        trends,
        told,
      },
    }),
  }
}

const points = (): Point[] => []

const noSizes = (): Sizes => ({ min: Number.POSITIVE_INFINITY, max: 0, last: 0, hosts: 0 })

function note(sizes: Sizes, status: Status, workload: string): void {
  const decision = decisionFor(status, workload)
  if (decision === undefined) return
  const { granted, counts } = decision
  sizes.min = Math.min(sizes.min, granted)
  sizes.max = Math.max(sizes.max, counts.ready)
  sizes.last = counts.ready
  sizes.hosts = Math.max(sizes.hosts, status.pools[0]?.hosts.length ?? 0)
}

interface Begins {
  stages: readonly Stage[]
  pace: Pace
  began: number
  waveBegan: number | undefined
  countingBegan: number | undefined
}

function momentOf({ stages, pace, began, waveBegan, countingBegan }: Begins, now: number): Moment {
  if (countingBegan !== undefined) return { stage: stages.length - 1, into: now - countingBegan }
  if (waveBegan === undefined) return { stage: 0, into: now - began }
  return momentOfWave(pace, now - waveBegan)
}
