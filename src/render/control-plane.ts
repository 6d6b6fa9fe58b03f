/** The static pods of a control plane. One row a pod: its template and what goes into it. */
import { kubernetesDirectory, manifestsDirectory } from '../constants.ts'
import { renderYaml } from './engine.ts'
import { apiServerFlags, controllerManagerFlags, etcdFlags, schedulerFlags } from './flags.ts'
import type { FileContent, RenderInput } from './types.ts'

/** Where distributions keep certificates, mounted where it exists (kubeadm.md 1.5). */
const certificateFolders = [
  '/etc/pki/ca-trust',
  '/etc/pki/tls/certs',
  '/etc/ca-certificates',
  '/usr/share/ca-certificates',
  '/usr/local/share/ca-certificates',
]

const certificateMounts = ({ facts }: RenderInput) =>
  certificateFolders
    .filter((path) => path in facts.paths)
    .map((path) => ({ path, name: path.slice(1).replaceAll('/', '-') }))

type Row = { readonly pod: string; readonly data: (input: RenderInput) => object }

const rows: readonly Row[] = [
  {
    pod: 'etcd',
    data: (input) => ({
      flags: etcdFlags(input),
      dataDir: input.config.controlPlane.etcd.dataDir,
      address: input.host.address,
    }),
  },
  {
    pod: 'kube-apiserver',
    data: (input) => ({
      flags: apiServerFlags(input),
      address: input.host.address,
      certificates: certificateMounts(input),
    }),
  },
  {
    pod: 'kube-controller-manager',
    data: (input) => ({ flags: controllerManagerFlags(input), certificates: certificateMounts(input) }),
  },
  { pod: 'kube-scheduler', data: (input) => ({ flags: schedulerFlags(input) }) },
]

export const controlPlaneManifests = (input: RenderInput): readonly FileContent[] =>
  rows.map(({ pod, data }) => ({
    path: `${manifestsDirectory}/${pod}.yaml`,
    mode: 0o600,
    // The kubelet takes any file without a leading dot in that directory for a pod (security-and-reliability 3.2).
    staging: kubernetesDirectory,
    content: renderYaml(`etc/kubernetes/manifests/${pod}.yaml.hbs`, {
      image: input.images[pod],
      ...data(input),
    }),
  }))
