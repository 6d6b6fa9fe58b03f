/** CoreDNS, at the tenth address of the service network. */
import { serviceAddress } from '../render/addresses.ts'
import { render, renderObjects } from '../render/engine.ts'
import { imageOf } from '../render/images.ts'
import type { Addon } from './types.ts'

export const coredns: Addon = {
  id: 'coredns',
  wanted: () => true,
  objects: (input) => {
    const { network, addons } = input.config
    return renderObjects('addons/coredns.yaml.hbs', {
      corefile: render('etc/coredns/Corefile.hbs', { dnsDomain: network.dnsDomain }),
      clusterIP: serviceAddress(network.serviceCIDR, 10),
      replicas: addons.coredns.replicas,
      image: imageOf(input, 'coredns'),
    })
  },
}
