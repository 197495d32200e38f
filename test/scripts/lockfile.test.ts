import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Lockfile, missingPlatforms } from '../../scripts/lockfile.ts'

describe('package-lock.json', () => {
  const text = readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8')

  test('names the packages of all platforms, or `npm ci` refuses it (`npm run lock` adds them)', () => {
    expect(missingPlatforms(Lockfile.parse(JSON.parse(text)))).toEqual({})
  })

  test('carries no download addresses', () => {
    expect(text).not.toContain('"resolved"')
  })
})

test('packages of other platforms are found wherever npm may have put them', () => {
  const lockfile = Lockfile.parse({
    packages: {
      '': { optionalDependencies: { 'own-linux-x64': '1.0.0' } },
      'node_modules/tool': {
        dev: true,
        optionalDependencies: {
          '@tool/linux-arm64-musl': '2.0.0',
          '@tool/linux-x64': '2.0.0',
          '@tool/win32-ia32': '2.0.0',
        },
      },
      'node_modules/tool/node_modules/@tool/linux-x64': {},
      'node_modules/@tool/win32-ia32': {},
    },
  })
  expect(missingPlatforms(lockfile)).toEqual({
    'node_modules/own-linux-x64': { version: '1.0.0', optional: true, os: ['linux'], cpu: ['x64'] },
    'node_modules/@tool/linux-arm64-musl': {
      version: '2.0.0',
      dev: true,
      optional: true,
      os: ['linux'],
      cpu: ['arm64'],
      libc: ['musl'],
    },
  })
})

test('a name without a platform is refused by name', () => {
  const lockfile = Lockfile.parse({ packages: { '': { optionalDependencies: { 'left-pad': '1.0.0' } } } })
  expect(() => missingPlatforms(lockfile)).toThrow('cannot tell the platform of the package left-pad')
})
