import { expect, test } from 'vitest'
import { start } from '../support/process.ts'
import { needs } from '../support/servers.ts'

needs('docker-compose')('docker-compose.yml', () => {
  test.for([
    { what: 'the whole', profile: [] },
    { what: 'the services alone', profile: ['--profile', 'alone'] },
  ])('is accepted by docker-compose: $what', async ({ profile }) => {
    const checking = await start(['docker-compose', ...profile, 'config', '--quiet'])
    const exit = await checking.exited
    expect(exit, checking.stderr()).toEqual({ code: 0, signal: null })
    expect(checking.stdout() + checking.stderr()).toBe('')
  })
})
