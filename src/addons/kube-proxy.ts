/** kube-proxy: nftables by default. It finds the API by its address, since it is what makes Service addresses work. */
import { stringify } from 'yaml'
import { fingerprint } from '../plan/steps.ts'
import { renderObjects } from '../render/engine.ts'
import { mergeOver } from '../render/merge.ts'
import type { RenderInput } from '../render/types.ts'
import type { Addon } from './types.ts'

const configuration = ({ config }: RenderInput): string =>
  stringify(
    mergeOver(
      {
        apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
        kind: 'KubeProxyConfiguration',
        bindAddress: '0.0.0.0',
        clientConnection: { kubeconfig: '/var/lib/kube-proxy/kubeconfig.conf' },
        clusterCIDR: config.network.podCIDR,
        mode: config.network.proxyMode,
      },
      config.kubeProxy.config,
    ),
  )

export const kubeProxy: Addon = {
  id: 'kube-proxy',
  wanted: () => true,
  objects: (input) => {
    const text = configuration(input)
    const server = `https://${input.endpoint.host}:${input.endpoint.port}`
    return renderObjects('addons/kube-proxy.yaml.hbs', {
      configuration: text,
      fingerprint: fingerprint([text, server]),
      server,
      image: input.images['kube-proxy'],
    })
  },
}
