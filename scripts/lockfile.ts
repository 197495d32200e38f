import { z } from 'zod'

// A package of package-lock.json (version 3); what is not named here is kept as it is.
const Package = z.looseObject({
  version: z.string().optional(),
  dev: z.boolean().optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
})

/** package-lock.json, its packages by their folder (`node_modules/zod`; the project itself is ``). */
export const Lockfile = z.looseObject({ packages: z.record(z.string(), Package) })
export type Lockfile = z.infer<typeof Lockfile>
type Locked = Lockfile['packages'][string]

const systems = ['darwin', 'linux', 'win32', 'freebsd', 'android', 'openharmony']
const processors = ['x64', 'arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x']

/**
 * The packages for other platforms that the lockfile should name and does not, by folder. npm leaves out what its registry
 * does not offer (many mirrors have some platforms only), and `npm ci` then refuses the lockfile that npm itself wrote.
 * Their versions are exact; hashes are not known, so npm takes them as the registry gives them, on those platforms only.
 */
export const missingPlatforms = ({ packages }: Lockfile): Record<string, Locked> => {
  const missing: Record<string, Locked> = {}
  for (const [folder, { dev, optionalDependencies = {} }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      if (isLocked(packages, folder, name)) continue
      missing[`node_modules/${name}`] = locked(name, version, dev)
    }
  }
  return missing
}

/** Whether a package in `folder` finds `name` in its own node_modules or in one above it. */
const isLocked = (packages: Lockfile['packages'], folder: string, name: string): boolean => {
  const parts = folder.split('/node_modules/')
  return (
    parts.some((_, depth) => [...parts.slice(0, depth + 1), name].join('/node_modules/') in packages) ||
    `node_modules/${name}` in packages
  )
}

const locked = (name: string, version: string, dev: boolean | undefined): Locked => {
  const { os, cpu, libc } = platform(name)
  return { version, cpu, ...(dev ? { dev } : {}), ...(libc ? { libc } : {}), optional: true, os }
}

/** The platform in a package's name, such as `@oxlint/binding-linux-arm64-musl`, in npm's words. */
const platform = (name: string): { os: string[]; cpu: string[]; libc?: string[] } => {
  const words = name.split(/[/-]/)
  const os = words.filter((word) => systems.includes(word))
  const cpu = words.filter((word) => processors.includes(word))
  if (os.length !== 1 || cpu.length !== 1) throw new Error(`cannot tell the platform of the package ${name}`)
  if (words.some((word) => word.startsWith('musl'))) return { os, cpu, libc: ['musl'] }
  if (words.some((word) => word.startsWith('gnu'))) return { os, cpu, libc: ['glibc'] }
  return { os, cpu }
}
