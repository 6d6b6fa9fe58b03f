/** kube-proxy: nftables by default. It finds the API by its address, since it is what makes Service addresses work. */
import { configurationHash } from '../render/configuration-hash.ts'
import { render, renderObjects, renderValue } from '../render/engine.ts'
import { imageOf } from '../render/images.ts'
import { mergeOver } from '../render/merge.ts'
import type { ClusterInput } from '../render/types.ts'
import { toYaml } from '../render/yaml-write.ts'
import type { Addon } from './types.ts'

const configuration = ({ config }: ClusterInput): string => {
  const { podCIDR, proxyMode } = config.network
  const ours = renderValue('var/lib/kube-proxy/config.conf.hbs', { podCIDR, mode: proxyMode })
  return toYaml(mergeOver(ours, config.kubeProxy.config))
}

export const kubeProxy: Addon = {
  id: 'kube-proxy',
  wanted: () => true,
  objects: (input) => {
    const config = configuration(input)
    const kubeconfig = render('var/lib/kube-proxy/kubeconfig.conf.hbs', {
      server: `https://${input.endpoint.host}:${input.endpoint.port}`,
    })
    return renderObjects('addons/kube-proxy.yaml.hbs', {
      config,
      kubeconfig,
      // It reads the CA's file again every five minutes (client-go 0.37, transport/ca_rotation.go), in which no Service would follow.
      configurationHash: configurationHash([config, kubeconfig, input.caPem]),
      image: imageOf(input, 'kube-proxy'),
    })
  },
}
