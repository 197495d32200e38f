import { readdir, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'

const FOLDER = resolve('alerts')

const Rule = z.strictObject({
  alert: z.string(),
  expr: z.string(),
  for: z.string().optional(),
  labels: z.strictObject({ severity: z.string() }),
  annotations: z.strictObject({ summary: z.string(), description: z.string(), runbook_url: z.string() }),
})

/** An alert as its file has it. */
export type Rule = z.infer<typeof Rule>

const RuleFile = z.object({ groups: z.array(z.object({ rules: z.array(Rule) })) })

const TestFile = z.object({
  tests: z.array(
    z.object({
      alert_rule_test: z.array(
        z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()).optional() }),
      ),
    }),
  ),
})

const read = async (end: string): Promise<unknown[]> => {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith(end)).toSorted()
  return Promise.all(names.map(async (name) => parse(await readFile(resolve(FOLDER, name), 'utf8'))))
}

/** All alerts, file by file. */
export const allRules = async (): Promise<Rule[]> =>
  (await read('.rules.yml')).flatMap((file) => RuleFile.parse(file).groups.flatMap(({ rules }) => rules))

/** The names of alerts that are held to fire, and of those that are held to be silent, once for each time. */
export const testedAlerts = async (): Promise<{ firing: string[]; silent: string[] }> => {
  const tests = (await read('.test.yml')).flatMap((file) => TestFile.parse(file).tests)
  const cases = tests.flatMap(({ alert_rule_test }) => alert_rule_test)
  const isFiring = ({ exp_alerts = [] }: (typeof cases)[number]): boolean => exp_alerts.length > 0
  return {
    firing: cases.filter(isFiring).map(({ alertname }) => alertname),
    silent: cases.filter((one) => !isFiring(one)).map(({ alertname }) => alertname),
  }
}

/** The text of the runbook. */
export const runbook = (): Promise<string> => readFile(resolve('docs/alerts.md'), 'utf8')
