import { readdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { start } from '../support/process.ts'
import { needs } from '../support/servers.ts'

const FOLDER = resolve('alerts')

/** Runs promtool in the folder of the rules. */
const promtool = async (...args: readonly string[]): Promise<{ code: number | null; said: string }> => {
  const child = await start(['promtool', ...args], { cwd: FOLDER })
  const { code } = await child.exited
  return { code, said: `${child.stdout()}${child.stderr()}` }
}

const filesOf = async (end: string): Promise<string[]> =>
  (await readdir(FOLDER)).filter((name) => name.endsWith(end)).toSorted()

needs('alertmanager')('the example of a route', () => {
  test('is one to Alertmanager', async () => {
    const child = await start(['amtool', 'check-config', 'alertmanager.example.yml'], { cwd: FOLDER })
    const { code } = await child.exited
    expect(code, child.stderr()).toBe(0)
    expect(child.stdout()).toMatch(/3 receivers/)
  })
})

needs('prometheus')('the alert rules', () => {
  test('are rules to Prometheus, and fire at what they should and at nothing else', async () => {
    const checked = await promtool('check', 'rules', ...(await filesOf('.rules.yml')))
    expect(checked, checked.said).toMatchObject({ code: 0 })
    const tested = await promtool('test', 'rules', ...(await filesOf('.test.yml')))
    expect(tested, tested.said).toMatchObject({ code: 0 })
  })
})
