/**
 * THE table of what is written on hosts from templates: a row a file. The folder tree of templates/ is the tree of the target, so
 * a row's path is its template's. Who gets it, with which mode, and what goes into it is in its row.
 */
import type { ClusterConfig, HostRole } from '../config/schema.ts'
import { kubernetesDirectory } from '../constants.ts'
import { hostKubeletConfiguration, kubeletFlags, runtimeEndpoint } from './data/kubelet.ts'
import { apiServerPod, controllerManagerPod, etcdPod, schedulerPod } from './data/static-pods.ts'
import { imageOf } from './images.ts'
import { runtimeProxy } from './proxy.ts'
import type { RenderInput } from './types.ts'
import { toYaml } from './yaml-write.ts'

export type TemplateRow = {
  /** Which phase writes it. */
  readonly part: 'host-prep' | 'containerd' | 'kubelet' | 'static-pods'
  /** Below templates/; without `.hbs` it is the path on the host. */
  readonly template: string
  readonly mode: number
  readonly roles: readonly HostRole[]
  readonly staging?: string
  /** Not everybody has it. */
  readonly wanted?: (config: ClusterConfig) => boolean
  readonly data?: (input: RenderInput) => object
  /** Where the user's words are laid over the template's: the text, made of the merged value. */
  readonly merged?: (input: RenderInput) => string
}

const every: readonly HostRole[] = ['control-plane', 'worker']
/** kubeadm's modes, but for the kubelet's files and units: there CIS 4.1.1 and 4.1.9 want root alone to read them. */
const open = 0o644
const closed = 0o600

const staticPod = (name: string, data: (input: RenderInput) => object): TemplateRow => ({
  part: 'static-pods',
  template: `etc/kubernetes/manifests/${name}.yaml.hbs`,
  mode: closed,
  roles: ['control-plane'],
  // The kubelet takes any file in the manifests' directory for a pod (security-and-reliability 3.2).
  staging: kubernetesDirectory,
  data,
})

export const templateRows: readonly TemplateRow[] = [
  { part: 'host-prep', template: 'etc/modules-load.d/slipway.conf', mode: open, roles: every },
  { part: 'host-prep', template: 'etc/sysctl.d/90-slipway.conf', mode: open, roles: every },
  {
    part: 'containerd',
    template: 'etc/containerd/config.toml.hbs',
    mode: open,
    roles: every,
    data: (input) => ({
      sandboxImage: imageOf(input, 'pause'),
      restrictOomScoreAdj: !input.facts.canLowerOomScore,
    }),
  },
  { part: 'containerd', template: 'etc/systemd/system/containerd.service', mode: open, roles: every },
  {
    part: 'containerd',
    template: 'etc/systemd/system/containerd.service.d/http-proxy.conf.hbs',
    mode: open,
    roles: every,
    wanted: (config) => runtimeProxy(config).length > 0,
    data: ({ config }) => ({
      environment: runtimeProxy(config).map(({ name, value }) => `${name}=${value}`),
    }),
  },
  {
    part: 'containerd',
    template: 'etc/crictl.yaml.hbs',
    mode: open,
    roles: every,
    data: () => ({ runtimeEndpoint }),
  },
  {
    part: 'kubelet',
    template: 'var/lib/kubelet/config.yaml.hbs',
    mode: closed,
    roles: every,
    merged: (input) => toYaml(hostKubeletConfiguration(input)),
  },
  {
    part: 'kubelet',
    template: 'var/lib/kubelet/instance-config.yaml.hbs',
    mode: closed,
    roles: every,
    data: () => ({ runtimeEndpoint }),
  },
  {
    part: 'kubelet',
    template: 'var/lib/kubelet/kubeadm-flags.env.hbs',
    mode: closed,
    roles: every,
    data: (input) => ({ flags: kubeletFlags(input) }),
  },
  { part: 'kubelet', template: 'etc/systemd/system/kubelet.service', mode: closed, roles: every },
  {
    part: 'kubelet',
    template: 'etc/systemd/system/kubelet.service.d/10-kubeadm.conf',
    mode: closed,
    roles: every,
  },
  staticPod('etcd', etcdPod),
  staticPod('kube-apiserver', apiServerPod),
  staticPod('kube-controller-manager', controllerManagerPod),
  staticPod('kube-scheduler', schedulerPod),
]
