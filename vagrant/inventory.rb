# cluster.yaml and known_hosts beside the Vagrantfile, kept in step with the machines that are up.
# The host keys are read on the machine itself, through the way in that Vagrant has to it on this computer, and pinned:
# "slipway apply" then accepts these keys and no others.
require 'fileutils'
require 'yaml'

module SlipwayLab
  class Inventory
    # Machines come up side by side, each in a thread of its own.
    LOCK = Mutex.new

    def initialize(folder, settings)
      @folder = folder
      @settings = settings
      @records = File.join(folder, '.vagrant', 'slipway')
    end

    def add(machine, node)
      keys = +''
      machine.communicate.execute('cat /etc/ssh/ssh_host_*_key.pub') { |_, text| keys << text }
      ssh = machine.ssh_info
      record = {
        'host' => host(node, ssh[:username], File.expand_path(ssh[:private_key_path].first)),
        'keys' => keys.lines.map { |line| line.split.first(2).join(' ') }.reject(&:empty?),
        'provider' => machine.provider_name.to_s
      }
      LOCK.synchronize do
        FileUtils.mkdir_p(@records)
        File.write(record_of(node), YAML.dump(record))
        write
      end
    end

    # Says whether that was the last one.
    def remove(node)
      LOCK.synchronize do
        FileUtils.rm_f(record_of(node))
        write
        records.empty?
      end
    end

    private

    # The address is that of the private network, for the node and for SSH. What Vagrant itself connects to may be a
    # forwarded port of the NAT interface, whose 10.0.2.15 every VirtualBox machine has.
    def host(node, user, identity)
      {
        'name' => node.name, 'address' => node.address, 'role' => node.role,
        'ssh' => { 'user' => user, 'identityFile' => identity }
      }
    end

    def record_of(node)
      File.join(@records, "#{node.name}.yaml")
    end

    # In the order of lab.yaml, control planes first.
    def records
      @settings.machines.map { |node| record_of(node) }.select { |path| File.exist?(path) }
               .map { |path| YAML.safe_load(File.read(path)) }
    end

    def write
      return FileUtils.rm_f([cluster_file, known_hosts]) if records.empty?

      File.write(known_hosts, records.flat_map { |record| known_hosts_lines(record) }.join)
      File.write(cluster_file, "# Written by \"vagrant up\" from lab.yaml. Use it with: slipway apply -c cluster.yaml\n" +
                               YAML.dump(cluster).delete_prefix("---\n"))
    end

    def known_hosts_lines(record)
      host = record['host']
      record['keys'].map { |key| "#{host['address']},#{host['name']} #{key}\n" }
    end

    def cluster
      {
        'apiVersion' => 'slipway/v1',
        'kind' => 'Cluster',
        'name' => @settings['cluster'],
        'kubernetes' => { 'version' => @settings['kubernetes'] },
        'ssh' => { 'knownHostsFile' => known_hosts },
        'hosts' => records.map { |record| record['host'] }
      }.merge(extra)
    end

    def extra
      records.any? { |record| record['provider'] == 'docker' } ? @settings['docker'].fetch('cluster', {}) : {}
    end

    def cluster_file
      File.join(@folder, 'cluster.yaml')
    end

    def known_hosts
      File.join(@folder, 'known_hosts')
    end
  end
end
