/** Metadata key of the manifest, which the daemon of a Container Optimized Image follows. */
export const MANIFEST_KEY = 'docker-compose'

/** What the cloud takes for the name of a VM. */
export const NAME = /^[a-z]([-_a-z0-9]{0,61}[a-z0-9])?$/

/** What the keys of our labels on VMs begin with. */
export const RESERVED = 'capuchin-'

export const NODE_EXPORTER = 'quay.io/prometheus/node-exporter:v1.8.2'
export const EXPORTER_PORT = 9100

/** Metadata that is written from other keys of the template, or by the controller. */
const ownKeys: ReadonlySet<string> = new Set([
  MANIFEST_KEY,
  'docker-container-declaration',
  'user-data',
  'ssh-keys',
])

export const isTemplateKey = (key: string): boolean => !ownKeys.has(key)

/** What cloud-init takes as user data: it looks at the first line. */
export const isUserData = (text: string): boolean => /^(#|Content-Type:|MIME-Version:)/i.test(text)
