/** containerd's configuration and unit, and crictl's. */
import { render } from './engine.ts'
import type { FileContent, RenderInput } from './types.ts'

export const containerdFiles = ({ facts, images }: RenderInput): readonly FileContent[] => [
  {
    path: '/etc/containerd/config.toml',
    mode: 0o644,
    content: render('etc/containerd/config.toml.hbs', {
      sandboxImage: images['pause'],
      restrictOomScoreAdj: String(!facts.canLowerOomScore),
    }),
  },
  {
    path: '/etc/systemd/system/containerd.service',
    mode: 0o644,
    content: render('etc/systemd/system/containerd.service', {}),
  },
  { path: '/etc/crictl.yaml', mode: 0o644, content: render('etc/crictl.yaml', {}) },
]
