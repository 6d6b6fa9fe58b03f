/** The files of the script that Slipway is compared with, out of the same bundle. Takes a lab's cluster and a folder; fills it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { flannel } from '../../src/addons/flannel.ts'
import { annotations, mediaTypes } from '../../src/bundle/oci.ts'
import type { Bundle, BundleEntry } from '../../src/bundle/open.ts'
import { imageNames, roleContents } from '../../src/bundle/role-contents.ts'
import type { ClusterConfig, HostConfig, HostRole } from '../../src/config/schema.ts'
import { payloadBytes, payloadOf } from '../../src/host/payload.ts'
import { containerdFiles, hostPrepFiles, kubeletFiles } from '../../src/render/files.ts'
import type { RenderInput } from '../../src/render/types.ts'
import { toYaml } from '../../src/render/yaml-write.ts'
import { hostFacts } from '../support/facts.ts'
import { kubeadmBinary } from '../support/kubeadm.ts'

export const arch = 'amd64'

export const roles = ['control-plane', 'worker'] as const

const inputOf = (config: ClusterConfig, bundle: Bundle, host: HostConfig): RenderInput => ({
  config,
  host,
  // The lab's cluster file says of its hosts what slipway would find out.
  facts: hostFacts({ hostname: host.name, canLowerOomScore: config.kubelet.config['oomScoreAdj'] !== 0 }),
  images: imageNames(bundle),
  endpoint: { host: host.address, port: 6443 },
  caPem: '',
})

const placeIn = async (tree: string, path: string, mode: number, from: Readable): Promise<void> => {
  const target = join(tree, path)
  await mkdir(dirname(target), { recursive: true })
  await pipeline(from, createWriteStream(target, { mode }))
  await chmod(target, mode)
}

const ridesInLayer = ({ descriptor, manifest }: BundleEntry): boolean =>
  descriptor.artifactType === mediaTypes.binary && manifest.layers[0]?.mediaType === mediaTypes.zstdLayer

const isNeverRun = ({ descriptor }: BundleEntry): boolean =>
  descriptor.annotations?.[annotations.imageName]?.startsWith('slipway.dev/') === true

/** What the script sends as images, and as executables that are there unpacked. */
export const sent = (bundle: Bundle): Bundle => ({
  ...bundle,
  entries: bundle.entries.filter((entry) => !ridesInLayer(entry) && !isNeverRun(entry)),
})

const unpackLayer = async (tree: string, layer: AsyncIterable<Uint8Array>): Promise<void> => {
  const tar = spawn('tar', ['--no-same-owner', '-C', tree, '-xf', '-'], {
    stdio: ['pipe', 'inherit', 'inherit'],
  })
  const ended = once(tar, 'close')
  // tar does not read what follows the end of an archive, and ends: whether that was well is its own to say.
  await pipeline(layer, createZstdDecompress(), tar.stdin).catch(() => undefined)
  const [code] = await ended
  if (code !== 0) throw new Error(`a layer cannot be unpacked: tar ended with ${code}`)
}

/** Binaries, units and configuration as on a host of ours; the kubelet's own configuration is kubeadm's to write. */
const fillTree = async (tree: string, role: HostRole, input: RenderInput, bundle: Bundle): Promise<void> => {
  const riding = bundle.entries.filter(
    (entry) => ridesInLayer(entry) && entry.descriptor.annotations?.[annotations.roles]?.includes(role),
  )
  await mkdir(tree, { recursive: true })
  for (const digest of new Set(
    riding.flatMap(({ manifest }) => manifest.layers.map((layer) => layer.digest)),
  ))
    await unpackLayer(tree, bundle.read(digest))
  for (const step of roleContents(sent(bundle), role, arch).binaries)
    if (step.kind === 'binary')
      await placeIn(tree, step.path, step.mode, bundle.read(step.blob.digest).pipe(createGunzip()))
  const files = [...hostPrepFiles(input), ...containerdFiles(input), ...kubeletFiles(input)]
  for (const { path, mode, content } of files.filter((each) => !each.path.startsWith('/var/lib/kubelet')))
    await placeIn(tree, path, mode, Readable.from([content]))
  await copyFile(await kubeadmBinary(), join(tree, 'usr/bin/kubeadm'))
}

const kubeadmYaml = ({ config, host, images }: RenderInput): string => {
  const tag = (name: string): string => images[name]?.replace(/^.*:/, '') ?? ''
  const documents = [
    {
      apiVersion: 'kubeadm.k8s.io/v1beta4',
      kind: 'InitConfiguration',
      localAPIEndpoint: { advertiseAddress: host.address },
      nodeRegistration: { name: host.name, criSocket: 'unix:///run/containerd/containerd.sock' },
    },
    {
      apiVersion: 'kubeadm.k8s.io/v1beta4',
      kind: 'ClusterConfiguration',
      kubernetesVersion: `v${config.kubernetes.version}`,
      networking: { podSubnet: config.network.podCIDR, serviceSubnet: config.network.serviceCIDR },
      dns: { imageTag: tag('coredns') },
      etcd: { local: { imageTag: tag('etcd') } },
    },
    { apiVersion: 'kubelet.config.k8s.io/v1beta1', kind: 'KubeletConfiguration', ...config.kubelet.config },
    {
      apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
      kind: 'KubeProxyConfiguration',
      mode: config.network.proxyMode,
      ...config.kubeProxy.config,
    },
  ]
  return documents.map(toYaml).join('---\n')
}

export const scriptFiles = async (config: ClusterConfig, bundle: Bundle, folder: string): Promise<void> => {
  for (const role of roles) {
    const host = config.hosts.find((each) => each.role === role)
    if (!host) throw new Error(`the lab has no ${role}`)
    const input = inputOf(config, bundle, host)
    await fillTree(join(folder, role), role, input, bundle)
    const step = roleContents(sent(bundle), role, arch).images
    const all = step.blobs.map(({ digest }) => digest)
    const layout = payloadBytes(payloadOf(step, all), bundle)
    await pipeline(Readable.from(layout), createWriteStream(join(folder, `${role}.images.tar`)))
    if (role === 'worker') continue
    await writeFile(join(folder, 'kubeadm.yaml'), kubeadmYaml(input))
    await writeFile(join(folder, 'flannel.yaml'), flannel.objects(input).map(toYaml).join('---\n'))
  }
}
