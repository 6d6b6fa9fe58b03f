/** The words that a cluster file is written in: names, addresses, networks, paths. Each is a shape that says what is meant when it is not that. */
import { z } from 'zod'

export const dns1123Label = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    'must be lower case letters, digits and "-", as in "w1" (DNS-1123)',
  )
export const dns1123Name = z
  .string()
  .max(253)
  .regex(
    /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/,
    'must be lower case letters, digits, "-" and ".", as in "cp1.example" (DNS-1123)',
  )
  // A last label of digits alone makes every resolver read the name as an address: 10.0.0.999, or 1, which is 0.0.0.1.
  .regex(/[^0-9.][^.]*$/, 'must not end in a number: it would be read as an address')
export const ipv4 = z.ipv4('must be an IPv4 address such as 10.0.0.11')
export const cidr = z.cidrv4('must be an IPv4 network such as 10.244.0.0/16')
export const port = z.int().min(1).max(65535)
export const absolutePath = z.string().regex(/^\/[^\0\n]*$/, 'must be an absolute path')
export const localPath = z
  .string()
  .min(1)
  .regex(/^[^\0\n]+$/, 'must be a path')
export const hostOrIp = z.union([ipv4, dns1123Name], { error: 'must be a host name or an IPv4 address' })
export const duration = z
  .string()
  .regex(/^\d+(m|h|d)$/, 'must be a number of minutes, hours or days, as in "24h" or "365d"')
export const labelValue = z
  .string()
  .regex(/^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/, 'must be a label value')
export const labelKey = z
  .string()
  .regex(
    /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
    'must be a label key',
  )
