/** What goes into the manifests of a control plane: image, flags, and what is mounted, in kubeadm's order. */
import { apiServerPort, kubernetesDirectory, pkiDirectory } from '../../constants.ts'
import { imageOf } from '../images.ts'
import { controlPlaneProxy } from '../proxy.ts'
import type { RenderInput } from '../types.ts'
import { apiServerFlags, controllerManagerFlags, etcdFlags, schedulerFlags } from './flags.ts'

/** Where distributions keep certificates beside /etc/ssl/certs, which may link there: mounted where they exist (kubeadm.md 1.5). */
const certificateFolders = [
  '/etc/pki/ca-trust',
  '/etc/pki/tls/certs',
  '/etc/ca-certificates',
  '/usr/share/ca-certificates',
  '/usr/local/share/ca-certificates',
]

type Volume = { readonly name: string; readonly path: string; readonly type: string }

const folder = (name: string, path: string): Volume => ({ name, path, type: 'DirectoryOrCreate' })

const kubeconfig = (component: string): Volume => ({
  name: 'kubeconfig',
  path: `${kubernetesDirectory}/${component}.conf`,
  type: 'FileOrCreate',
})

const certificates = ({ facts }: RenderInput): readonly Volume[] => [
  folder('ca-certs', '/etc/ssl/certs'),
  folder('k8s-certs', pkiDirectory),
  ...certificateFolders
    .filter((path) => path in facts.paths)
    .map((path) => folder(path.slice(1).replaceAll('/', '-'), path)),
]

const byName = (volumes: readonly Volume[]): readonly Volume[] =>
  volumes.toSorted((a, b) => (a.name < b.name ? -1 : 1))

/** What it was started with, where that is known: '' in what is rendered for no host in particular. */
const startedWith = ({ startedWith }: RenderInput, component: string): string =>
  startedWith?.[component] ?? ''

export const etcdPod = (input: RenderInput): object => ({
  startedWith: startedWith(input, 'etcd'),
  image: imageOf(input, 'etcd'),
  flags: etcdFlags(input),
  dataDir: input.config.controlPlane.etcd.dataDir,
  clientUrl: `https://${input.host.address}:2379`,
})

export const apiServerPod = (input: RenderInput): object => ({
  startedWith: startedWith(input, 'kube-apiserver'),
  image: imageOf(input, 'kube-apiserver'),
  flags: apiServerFlags(input),
  environment: controlPlaneProxy(input.config),
  address: input.host.address,
  endpoint: `${input.host.address}:${apiServerPort}`,
  volumes: byName(certificates(input)),
})

export const controllerManagerPod = (input: RenderInput): object => ({
  startedWith: startedWith(input, 'kube-controller-manager'),
  image: imageOf(input, 'kube-controller-manager'),
  flags: controllerManagerFlags(input),
  environment: controlPlaneProxy(input.config),
  volumes: byName([...certificates(input), kubeconfig('controller-manager')]),
})

export const schedulerPod = (input: RenderInput): object => ({
  startedWith: startedWith(input, 'kube-scheduler'),
  image: imageOf(input, 'kube-scheduler'),
  flags: schedulerFlags(input),
  environment: controlPlaneProxy(input.config),
  volumes: [kubeconfig('scheduler')],
})
