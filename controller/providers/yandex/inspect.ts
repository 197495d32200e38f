import type { Finding } from '../provider.ts'
import type { Failure } from './api.ts'
import type { Ground } from './ground.ts'
import { imageOf } from './template.ts'

const roles = 'give its account the roles compute.editor and vpc.user on template.folder'

/** Whether the cloud lets us in, and whether what the template names is there. Asks, and changes nothing. */
export async function inspect(ground: Ground, signal: AbortSignal): Promise<readonly Finding[]> {
  const { folder, image } = ground.settings.template
  const api = await ground.api()
  if (api.kind === 'failed') return [bad('connection', api, 'check endpoint and ca of the pool')]
  const listed = await api.value.list(folder, signal)
  if (listed.kind === 'failed') {
    const remedy =
      listed.code === 'auth' ? `check auth of the pool, and ${roles}` : 'check template.folder and endpoint'
    return [bad('access to the folder', listed, remedy)]
  }
  const findings = [good('access to the folder', `${folder} has ${listed.value.length} VMs`)]
  const found = await imageOf(ground, api.value, signal)
  if (found.kind === 'failed') findings.push(bad('image', found, 'check template.image'))
  else if (image.id === undefined)
    findings.push(good('image', `${found.value} is the newest of ${image.family}`))
  else findings.push(good('image', `${found.value}, as given; whether it is there shows with the first VM`))
  const cloud = await api.value.cloudOf(folder, signal)
  const quotas = cloud.kind === 'failed' ? cloud : await api.value.quotas(cloud.value, signal)
  if (quotas.kind === 'answer') findings.push(good('quotas', `${quotas.value.length} quotas can be read`))
  else
    findings.push(
      bad(
        'quotas',
        quotas,
        'give its account the role quota-manager.viewer on the cloud; without it a full quota shows only when an order is refused',
      ),
    )
  return findings
}

const good = (what: string, detail: string): Finding => ({ what, ok: true, detail })
const bad = (what: string, { detail }: Failure, remedy: string): Finding => ({
  what,
  ok: false,
  detail,
  remedy,
})
