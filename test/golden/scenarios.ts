/** The same clusters, as a cluster file of ours and as a configuration of kubeadm's. */
import type { ClusterConfig } from '../../src/config/schema.ts'
import { clusterConfig } from '../support/check-input.ts'

export type Scenario = {
  readonly name: string
  readonly config: ClusterConfig
  readonly endpoint: { readonly host: string; readonly port: number }
  readonly kubeadm: string
  /** What kubeadm takes proxies from. */
  readonly environment?: Readonly<Record<string, string>>
}

/** Compared as kubeadm has it: with no pod network. */
const noPlugin = { plugin: 'none' }

export const token = 'abcdef.0123456789abcdef'

const initConfiguration = `
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
bootstrapTokens:
- token: ${token}
  description: for a test
localAPIEndpoint: { advertiseAddress: 10.0.0.11, bindPort: 6443 }
nodeRegistration: { name: cp1, criSocket: "unix:///run/containerd/containerd.sock" }
`

/** As little as both can be told: what differs here is a default. */
const defaults: Scenario = {
  name: 'defaults',
  config: clusterConfig({ network: noPlugin }),
  endpoint: { host: '10.0.0.11', port: 6443 },
  kubeadm: `${initConfiguration}
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.37.1
networking: { podSubnet: 10.244.0.0/16 }
`,
}

const proxy = 'http://proxy.example.test:3128'

/** What the cluster file of `everything` makes of its proxies. */
export const proxies = {
  HTTP_PROXY: proxy,
  HTTPS_PROXY: proxy,
  NO_PROXY:
    'localhost,127.0.0.0/8,10.0.0.11,10.0.0.21,10.0.0.22,api.example.test,10.128.0.0/14,172.20.0.0/16,.svc,.example.test',
}

/** Everything that both can be told. */
const everything: Scenario = {
  name: 'everything',
  config: clusterConfig({
    network: {
      ...noPlugin,
      podCIDR: '10.128.0.0/14',
      serviceCIDR: '172.20.0.0/16',
      dnsDomain: 'example.test',
      proxyMode: 'iptables',
    },
    controlPlane: {
      endpoint: { host: 'api.example.test', port: 8443 },
      certSANs: ['api.example.test', '192.0.2.7'],
      apiServer: { extraArgs: { 'audit-log-maxage': '30', 'authorization-mode': 'Node,RBAC,Webhook' } },
      controllerManager: { extraArgs: { 'node-cidr-mask-size': '25' } },
      scheduler: { extraArgs: { v: '4' } },
      etcd: { dataDir: '/srv/etcd', extraArgs: { 'snapshot-count': '5000' } },
    },
    certificates: { algorithm: 'ECDSA-P384', validity: '2160h', caValidity: '7300d' },
    kubelet: { config: { maxPods: 200, evictionHard: { 'nodefs.available': '1Gi' } } },
    proxy: { http: proxy, https: proxy },
    kubeProxy: { config: { conntrack: { maxPerCore: 0 }, metricsBindAddress: '0.0.0.0:10249' } },
  }),
  endpoint: { host: 'api.example.test', port: 8443 },
  environment: proxies,
  kubeadm: `${initConfiguration}
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.37.1
controlPlaneEndpoint: api.example.test:8443
encryptionAlgorithm: ECDSA-P384
certificateValidityPeriod: 2160h
caCertificateValidityPeriod: 175200h
networking: { podSubnet: 10.128.0.0/14, serviceSubnet: 172.20.0.0/16, dnsDomain: example.test }
apiServer:
  certSANs: [api.example.test, 192.0.2.7]
  extraArgs:
  - { name: audit-log-maxage, value: "30" }
  - { name: authorization-mode, value: "Node,RBAC,Webhook" }
controllerManager: { extraArgs: [{ name: node-cidr-mask-size, value: "25" }] }
scheduler: { extraArgs: [{ name: v, value: "4" }] }
etcd: { local: { dataDir: /srv/etcd, extraArgs: [{ name: snapshot-count, value: "5000" }] } }
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
maxPods: 200
evictionHard: { nodefs.available: 1Gi }
---
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: iptables
conntrack: { maxPerCore: 0 }
metricsBindAddress: 0.0.0.0:10249
`,
}

export const scenarios: readonly Scenario[] = [defaults, everything]
