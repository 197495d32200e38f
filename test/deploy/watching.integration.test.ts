import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { start, tempFolder } from '../support/process.ts'
import { needs } from '../support/servers.ts'

/** How a check of a file ended, and what it said. */
async function checked(...command: readonly string[]): Promise<string> {
  const checking = await start([...command])
  const { code } = await checking.exited
  const said = checking.stdout() + checking.stderr()
  expect(code, said).toBe(0)
  return said
}

needs('prometheus', 'alertmanager')('what docker-compose.yml gives those who watch', () => {
  test('is accepted by the Prometheus of this machine, with every alert rule', async () => {
    const text = await readFile('deploy/compose/prometheus.yml', 'utf8')
    const here = join(await tempFolder('compose'), 'prometheus.yml')
    await writeFile(here, text.replace('/etc/prometheus/alerts', resolve('alerts')))
    const said = await checked('promtool', 'check', 'config', here)
    expect(said).toContain('is valid prometheus config file syntax')
    expect(said).toMatch(/SUCCESS: [1-9]\d* rule files found/)
  })

  test('is accepted by the Alertmanager of this machine', async () => {
    expect(await checked('amtool', 'check-config', 'deploy/compose/alertmanager.yml')).toContain('SUCCESS')
  })
})
