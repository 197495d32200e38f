const DIGITS = 'abcdefghijklmnopqrstuv0123456789'
const PREFIXES: Readonly<Record<string, string>> = {
  'ru-central1-a': 'fhm',
  'ru-central1-b': 'epd',
  'ru-central1-d': 'fv4',
}

/** Zones of the fake, and the subnet of each. */
export const SUBNETS = {
  'ru-central1-a': 'e9bfakesubnet0000000',
  'ru-central1-b': 'e2lfakesubnet0000000',
  'ru-central1-d': 'fl8fakesubnet0000000',
} as const

export const ZONES: readonly string[] = Object.keys(SUBNETS)

/** The network addresses of each zone's subnet: three numbers of a dotted four. */
export const NETWORKS: Readonly<Record<string, number>> = {
  'ru-central1-a': 128,
  'ru-central1-b': 129,
  'ru-central1-d': 131,
}

export const CLOUD = 'b1gfakecloud00000000'
export const FOLDER = 'b1gfakefolder0000000'
/** It exists, and is somebody else's. */
export const FOREIGN_FOLDER = 'b1gforeignfolder0000'
export const SERVICE_ACCOUNT = 'ajefakeaccount000000'
export const KEY_ID = 'ajefakekey0000000000'
export const IMAGE = 'fd8fakecoi0000000000'
export const IMAGE_FOLDER = 'standard-images'
export const IMAGE_FAMILY = 'container-optimized-image'

/** Makes ids as the cloud gives them: a prefix and 17 characters, different each time. */
export function identities(random: () => number): (zone: string) => string {
  let made = 0
  return (zone) => {
    made++
    let id = PREFIXES[zone] ?? 'fhm'
    for (let place = 0; place < 11; place++) id += DIGITS[Math.floor(random() * DIGITS.length)]
    return id + inDigits(made)
  }
}

function inDigits(number: number): string {
  let text = ''
  for (let rest = number; text.length < 6; rest = Math.floor(rest / 32)) text = DIGITS[rest % 32] + text
  return text
}
