/**
 * The parts of the SDK that are used, each by its own file: its main module would load everything else as well, for nothing.
 * They are loaded only when a pool asks for the cloud.
 */
export async function loadSdk() {
  const [factory, endpoints, rpc, compute, images, operations, iam, folders, quotas] = await Promise.all([
    import('@yandex-cloud/nodejs-sdk/dist/utils/client-factory'),
    import('@yandex-cloud/nodejs-sdk/dist/service-endpoints'),
    import('nice-grpc'),
    import('@yandex-cloud/nodejs-sdk/compute-v1/instance_service'),
    import('@yandex-cloud/nodejs-sdk/compute-v1/image_service'),
    import('@yandex-cloud/nodejs-sdk/operation/operation_service'),
    import('@yandex-cloud/nodejs-sdk/iam-v1/iam_token_service'),
    import('@yandex-cloud/nodejs-sdk/resourcemanager-v1/folder_service'),
    import('@yandex-cloud/nodejs-sdk/quotamanager-v1/quota_limit_service'),
  ])
  return { factory, endpoints, rpc, compute, images, operations, iam, folders, quotas }
}

export type Sdk = Awaited<ReturnType<typeof loadSdk>>
