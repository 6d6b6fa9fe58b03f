/**
 * The real kubeadm on lab hosts. Takes a lab; gives a host as kubeadm wants to find it, and a cluster that `kubeadm init` made, from
 * the same cluster file, programs and images as one of ours.
 */
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { clusterSchema } from '../../src/config/schema.ts'
import type { Lab } from '../../src/lab/types.ts'
import { readKubernetesYaml } from '../../src/render/yaml-read.ts'
import { carryFile } from './carry-slipway.ts'
import { kubeadmBinary } from './kubeadm.ts'
import { findHost } from './lab.ts'
import { onHost } from './on-host.ts'
import { slipway } from './slipway.ts'
import { bundleImages } from './slipway-output.ts'

/** Of a lab host kubeadm cannot see the kernel's configuration; nothing else is passed over. */
export const ignored = '--ignore-preflight-errors=SystemVerification'

/** `slipway …` on the lab's cluster file; fails the test with what it said. */
export const onCluster = async (lab: Lab, ...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await slipway(...args, '-c', lab.clusterFile)
  if (code !== 0) throw new Error(stderr)
  return stdout
}

export const carryKubeadm = async (lab: Lab, host: string): Promise<void> => {
  await carryFile(lab, host, await kubeadmBinary(), '/usr/bin/kubeadm')
  await onHost(lab, host, 'chmod 755 /usr/bin/kubeadm')
}

/** What kubeadm's own packages bring to a host beside the programs: the kubelet's unit, and kubeadm's drop-in. */
const units = ['kubelet.service', 'kubelet.service.d/10-kubeadm.conf'] as const

const placeUnit = async (lab: Lab, host: string, unit: string): Promise<void> => {
  const path = `/etc/systemd/system/${unit}`
  const text = await readFile(fileURLToPath(new URL(`../../templates${path}`, import.meta.url)), 'utf8')
  await onHost(lab, host, `mkdir -p ${dirname(path)} && cat >${path}`, text)
}

/** Prepared, with a container runtime, the images, kubeadm and the kubelet's unit. */
export const prepareForKubeadm = async (lab: Lab, host: string): Promise<void> => {
  for (const phase of ['host-prep', 'runtime', 'images'])
    await onCluster(lab, 'phase', 'run', phase, '--host', host)
  await carryKubeadm(lab, host)
  for (const unit of units) await placeUnit(lab, host, unit)
  await onHost(lab, host, 'systemctl daemon-reload && systemctl enable kubelet')
}

/** What the cluster file says, in kubeadm's words; the versions are the bundle's, which is all that the host has. */
const kubeadmConfiguration = async (lab: Lab): Promise<string> => {
  const text = await readFile(lab.clusterFile, 'utf8')
  const { kubernetes, network, kubelet, kubeProxy } = clusterSchema.parse(readKubernetesYaml(text)[0]?.value)
  const images = bundleImages(kubernetes.version)
  const tag = (name: string) => images[name]?.replace(/^.*:/, '')
  const kubeadm = { apiVersion: 'kubeadm.k8s.io/v1beta4' }
  const { address } = findHost(lab, 'cp1')
  const documents = [
    {
      ...kubeadm,
      kind: 'InitConfiguration',
      localAPIEndpoint: { advertiseAddress: address },
      nodeRegistration: { criSocket: 'unix:///run/containerd/containerd.sock' },
    },
    {
      ...kubeadm,
      kind: 'ClusterConfiguration',
      kubernetesVersion: `v${kubernetes.version}`,
      networking: { podSubnet: network.podCIDR },
      dns: { imageTag: tag('coredns') },
      etcd: { local: { imageTag: tag('etcd') } },
    },
    { apiVersion: 'kubelet.config.k8s.io/v1beta1', kind: 'KubeletConfiguration', ...kubelet.config },
    { apiVersion: 'kubeproxy.config.k8s.io/v1alpha1', kind: 'KubeProxyConfiguration', ...kubeProxy.config },
  ]
  return documents.map((each) => stringify(each)).join('---\n')
}

export const kubeadmInit = async (lab: Lab): Promise<void> => {
  await prepareForKubeadm(lab, 'cp1')
  const config = '/root/kubeadm.yaml'
  await onHost(lab, 'cp1', `cat >${config}`, await kubeadmConfiguration(lab))
  await onHost(lab, 'cp1', `kubeadm init --config ${config} ${ignored}`)
}
