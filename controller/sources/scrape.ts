import { missing, type Reading, type Survey, unsurveyed } from '../decision/reading.ts'
import { defineSource } from './define.ts'
import { compile, type Expression, leavesOf } from './expression.ts'
import { roundsUntil } from './rounds.ts'
import { sampleStore } from './sample-store.ts'
import { ScrapeConfig, type ScrapeSettings } from './scrape-config.ts'
import { readingOf } from './scrape-reading.ts'
import { scrapeRounds, UP } from './scrape-round.ts'
import { surveyOf } from './scrape-survey.ts'
import { settle, settleSurvey } from './settle.ts'
import type { Source, SourceDeps } from './source.ts'

/** A scrape source whose rounds somebody else starts. */
export interface Scraper extends Source {
  survey: NonNullable<Source['survey']>
  round(at: number): Promise<void>
}

const STOPPED = 'the scrape source was asked to stop'

/**
 * Reads `/metrics` of the instances itself, so that no Prometheus is needed. It keeps the samples of the metrics that it was asked
 * for, from when it was first asked, and evaluates simple expressions over them.
 */
export function scraper(config: ScrapeSettings, deps: SourceDeps): Scraper {
  const store = sampleStore()
  const rounds = scrapeRounds(config, deps, store)
  const closing = new AbortController()
  store.want([UP], config.interval)
  return {
    read(question, signal) {
      const work = async (): Promise<Reading> => {
        const compiled = compile(question.query)
        if (compiled.kind === 'fault') return missing('bad-query', compiled.detail)
        const { expression } = compiled
        const now = deps.now()
        store.want(namesIn(expression), now - question.from + longestRange(expression) + 2 * config.interval)
        return readingOf(question, expression, {
          store,
          targets: deps.targets(),
          trouble: rounds.trouble,
          now,
        })
      }
      return settle(work, AbortSignal.any([signal, closing.signal]), STOPPED)
    },
    survey(question, signal) {
      const work = async (): Promise<Survey> => {
        const compiled = compile(question.query)
        if (compiled.kind === 'fault') return unsurveyed('bad-query', compiled.detail)
        const { expression } = compiled
        const kept = longestRange(expression) + 6 * Math.max(config.interval, question.interval)
        store.want(namesIn(expression), kept)
        return surveyOf(question, expression, store, deps.now())
      }
      return settleSurvey(work, AbortSignal.any([signal, closing.signal]), STOPPED)
    },
    round: (at) => rounds.round(at, closing.signal),
    async close() {
      closing.abort()
    },
  }
}

const namesIn = (expression: Expression): string[] =>
  leavesOf(expression).map(({ selector }) => selector.name)

function longestRange(expression: Expression): number {
  const ranges = leavesOf(expression).map((leaf) => (leaf.kind === 'rate' ? leaf.range : 0))
  return Math.max(0, ...ranges)
}

/** Begins to scrape when it is first asked, since there is nothing to keep before. */
function open(config: ScrapeSettings, deps: SourceDeps): Source {
  const source = scraper(config, deps)
  const closing = new AbortController()
  let scraping: Promise<void> | undefined
  const begin = (): void => {
    scraping ??= roundsUntil(closing.signal, source.round, config.interval, deps.now)
  }
  return {
    read(question, signal) {
      const reading = source.read(question, signal)
      begin()
      return reading
    },
    survey(question, signal) {
      const survey = source.survey(question, signal)
      begin()
      return survey
    },
    async close() {
      closing.abort()
      await source.close()
      await scraping
    },
  }
}

const faultsOf = (query: string): string[] => {
  const compiled = compile(query)
  return compiled.kind === 'fault' ? [compiled.detail] : []
}

export const scrape = defineSource(ScrapeConfig, faultsOf, open, 'by-label')
