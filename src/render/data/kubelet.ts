/**
 * The kubelet's configuration: kubeadm's (kubeadm.md 1.5), the user's over it. Takes the cluster file, and facts for what is one
 * host's alone; gives values for templates, and KubeletConfigurations.
 */
import { keysOnHosts } from '../../config/certificate-keys.ts'
import type { ClusterConfig } from '../../config/schema.ts'
import { pkiDirectory } from '../../constants.ts'
import { serviceAddress } from '../addresses.ts'
import { renderValue } from '../engine.ts'
import { mergeOver } from '../merge.ts'
import type { RenderInput } from '../types.ts'

type KubeletConfiguration = Readonly<Record<string, unknown>>

export const runtimeEndpoint = 'unix:///run/containerd/containerd.sock'

/** systemd-resolved's /etc/resolv.conf names 127.0.0.53, where no pod can ask; this is the list behind it. */
const resolvedList = '/run/systemd/resolve/resolv.conf'

type OfOneHost = {
  readonly clientCAFile: string
  readonly runtimeEndpoint: string
  readonly resolvConf: string
}

const configuration = (config: ClusterConfig, ofOneHost: OfOneHost): KubeletConfiguration =>
  mergeOver(
    renderValue('var/lib/kubelet/config.yaml.hbs', {
      ...ofOneHost,
      clusterDNS: serviceAddress(config.network.serviceCIDR, 10),
      dnsDomain: config.network.dnsDomain,
      // Where nobody signs, asking never ends.
      asksForCertificates: keysOnHosts(config),
      swapKept: config.hostPrep.swap === 'keep',
    }),
    config.kubelet.config,
  )

/** In the kubelet-config ConfigMap, where `kubeadm join` finds it: a node that kubeadm joins has ca.crt alone. */
export const sharedKubeletConfiguration = (config: ClusterConfig): KubeletConfiguration =>
  configuration(config, { clientCAFile: `${pkiDirectory}/ca.crt`, runtimeEndpoint: '', resolvConf: '' })

/** On a host of ours, which trusts a bundle: during a rotation that is more than one CA. */
export const hostKubeletConfiguration = ({ config, facts }: RenderInput): KubeletConfiguration =>
  configuration(config, {
    clientCAFile: `${pkiDirectory}/ca-bundle.crt`,
    runtimeEndpoint,
    resolvConf: facts.resolvedActive ? resolvedList : '',
  })

/** The address says which network is the nodes': a host may have others, such as the NAT of every Vagrant machine. */
export const kubeletFlags = ({ host, facts }: RenderInput): string =>
  [
    `--node-ip=${host.address}`,
    ...(facts.hostname === host.name ? [] : [`--hostname-override=${host.name}`]),
  ].join(' ')
