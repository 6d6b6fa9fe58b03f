# What the docker provider needs before its first machine and not after its last: a network and a key. podman plays docker.
require 'fileutils'
require 'open3'

module SlipwayLab
  class Docker
    LOCK = Mutex.new

    # The options that make a container behave as a machine of its own; src/lab/run-arguments.ts says why, one by one.
    HOST_OPTIONS = %w[
      --systemd=false --env=container=podman --cgroupns=private --stop-signal=SIGRTMIN+3
      --ulimit=nofile=16384:16384 --ulimit=nproc=32768:32768
      --tmpfs=/run --tmpfs=/tmp --volume=/var/lib --no-hosts
    ].freeze

    def initialize(folder, settings)
      @folder = folder
      @settings = settings
    end

    def create_args(node)
      HOST_OPTIONS + ["--hostname=#{node.name}", "--network=#{@settings.docker_network}", "--ip=#{node.address}"]
    end

    # Made where it is missing: Vagrant looks at the file as soon as it reads the Vagrantfile, with "validate" as well.
    def private_key
      path = File.join(@folder, '.vagrant', 'slipway', 'id_ed25519')
      LOCK.synchronize { make_key(path) unless File.exist?(path) }
      path
    end

    # podman's own docker command before any other of that name, and its settings. One machine after the other: of containers that
    # are started at the same moment podman may fail to set up the ports of one.
    def use_podman
      ENV['PATH'] = "/usr/bin:#{ENV['PATH']}" if podman?('/usr/bin/docker')
      ENV['CONTAINERS_CONF'] ||= File.join(@folder, 'containers.conf')
      ENV['VAGRANT_NO_PARALLEL'] ||= '1' if chosen?
    end

    def prepare
      LOCK.synchronize do
        raise 'the docker provider needs podman: apt-get install podman-docker' unless podman?('docker')

        next if network?

        subnet = "#{@settings.network}.0/24"
        run('docker', 'network', 'create', '--disable-dns', '--subnet', subnet, @settings.docker_network)
      end
    end

    # With force, a container goes as well that was made and never started: Vagrant does not know of it.
    def clean_up
      FileUtils.rm_f(Dir.glob(File.join(@folder, '.vagrant', 'slipway', 'id_ed25519*')))
      run('docker', 'network', 'rm', '--force', @settings.docker_network) if network?
    end

    private

    # A Vagrantfile is not told the provider; the command line is.
    def chosen?
      ENV['VAGRANT_DEFAULT_PROVIDER'] == 'docker' || ARGV.any? { |word| word.delete_prefix('--provider=') == 'docker' }
    end

    def network?
      system('docker', 'network', 'exists', @settings.docker_network, err: File::NULL)
    end

    def podman?(program)
      Open3.capture2e(program, '--version').first.include?('podman')
    rescue Errno::ENOENT
      false
    end

    def make_key(path)
      FileUtils.mkdir_p(File.dirname(path))
      run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'slipway-vagrant', '-f', path)
    end

    def run(*command)
      output, status = Open3.capture2e(*command)
      raise "#{command.join(' ')}: #{output}" unless status.success?
    end
  end
end
