import type { Channel } from 'nice-grpc'
import type { Sdk } from './sdk.ts'

/** Where and how the services are reached. `endpoint`: host:port of all, in place of their own. `ca`: PEM. */
export interface WireSettings {
  endpoint?: string
  ca?: Buffer
}

/** The clients of the services that are used. */
export interface Wire {
  clients(): Clients
  /** Connects anew: a connection can be dead without anybody having closed it. Calls on the old one end as failed. */
  reopen(): void
  close(): void
}

export type Clients = ReturnType<typeof clientsOn>

const options = {
  // A thousand VMs in one page are more than the default of 4 MB with long labels.
  'grpc.max_receive_message_length': 64 * 1024 * 1024,
  // After an outage the cloud is found again within seconds, not minutes.
  'grpc.initial_reconnect_backoff_ms': 500,
  'grpc.max_reconnect_backoff_ms': 5_000,
  // What nobody looks at is not kept.
  'grpc.enable_channelz': 0,
}

/**
 * TLS channels of our own under the SDK's client factory, in place of its Session: a Session holds one token for ever, so each
 * renewal needs a new one, and what it leaves behind is never given back (35 KiB each time); it also takes no options.
 */
export function openWire(sdk: Sdk, settings: WireSettings): Wire {
  const channels = new Map<string, Channel>()
  const credentials = sdk.rpc.ChannelCredentials.createSsl(settings.ca)
  const channelTo = (endpoint: string): Channel => {
    const channel = channels.get(endpoint) ?? sdk.rpc.createChannel(endpoint, credentials, options)
    channels.set(endpoint, channel)
    return channel
  }
  const open = () => clientsOn(sdk, settings.endpoint, channelTo)
  const close = () => {
    for (const channel of channels.values()) channel.close()
    channels.clear()
  }
  let clients = open()
  return {
    clients: () => clients,
    reopen() {
      close()
      clients = open()
    },
    close,
  }
}

function clientsOn(sdk: Sdk, endpoint: string | undefined, channelTo: (endpoint: string) => Channel) {
  const { clientFactory } = sdk.factory
  const at = sdk.endpoints.getServiceClientEndpoint
  const { InstanceServiceClient } = sdk.compute
  const { ImageServiceClient } = sdk.images
  const { OperationServiceClient } = sdk.operations
  const { IamTokenServiceClient } = sdk.iam
  const { FolderServiceClient } = sdk.folders
  const { QuotaLimitServiceClient } = sdk.quotas
  const to = (own: string) => channelTo(endpoint ?? own)
  return {
    instances: clientFactory.create(InstanceServiceClient.service, to(at(InstanceServiceClient))),
    images: clientFactory.create(ImageServiceClient.service, to(at(ImageServiceClient))),
    operations: clientFactory.create(OperationServiceClient.service, to(at(OperationServiceClient))),
    iam: clientFactory.create(IamTokenServiceClient.service, to(at(IamTokenServiceClient))),
    folders: clientFactory.create(FolderServiceClient.service, to(at(FolderServiceClient))),
    quotas: clientFactory.create(QuotaLimitServiceClient.service, to(at(QuotaLimitServiceClient))),
  }
}
