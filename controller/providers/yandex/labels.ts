import type { ProviderDeps } from '../provider.ts'
import type { Vm } from './api.ts'
import { RESERVED } from './words.ts'

/** The cloud takes 64 of them, with keys and values of at most 63 characters of a narrow set. */
const MOST = 64
const KEY = /^[a-z][-_a-z0-9]{0,62}$/
const VALUE = /^[-_a-z0-9]{0,63}$/
const TEMPLATE = 'template'

export type Labels = Readonly<Record<string, string>>

/** Our labels under their prefix, beside the operator's own. `template`: hash of what the VM is made by. */
export function vmLabels(own: Labels, template: string, others: Labels): Labels {
  const ours = Object.entries({ ...own, [TEMPLATE]: template })
  return { ...others, ...Object.fromEntries(ours.map(([key, value]) => [`${RESERVED}${key}`, value])) }
}

/** Why the cloud would not take these labels; undefined when it does. */
export function labelFlaw(labels: Labels): string | undefined {
  const entries = Object.entries(labels)
  if (entries.length > MOST) return `${entries.length} labels are more than the ${MOST} that a VM can have`
  const wrong = entries.find(([key, value]) => !KEY.test(key) || !VALUE.test(value))
  if (wrong === undefined) return undefined
  return `label ${JSON.stringify(wrong[0])} cannot be ${JSON.stringify(wrong[1])}: the cloud takes lower-case letters, digits, - and _, at most 63`
}

/** The labels of a host, as they were when it was ordered. */
export function hostLabels({ labels }: Pick<Vm, 'labels'>): Labels {
  const ours = Object.entries(labels).filter(([key]) => key.startsWith(RESERVED))
  const pairs = ours.map(([key, value]) => [key.slice(RESERVED.length), value] as const)
  return Object.fromEntries(pairs.filter(([key]) => key !== TEMPLATE))
}

/**
 * `own`: of this pool. `other`: of another pool of this controller. `lost`: it carries this controller's label and no pool that it
 * has. `foreign`: somebody else's, which is never touched.
 */
export type Whose = 'own' | 'other' | 'lost' | 'foreign'

export function whose(
  vm: Pick<Vm, 'labels'>,
  pool: string,
  { controller, pools }: Pick<ProviderDeps, 'controller' | 'pools'>,
): Whose {
  const labels = hostLabels(vm)
  if (labels['controller'] !== controller) return 'foreign'
  if (labels['pool'] === pool) return 'own'
  return pools.some((one) => one === labels['pool']) ? 'other' : 'lost'
}
