# What lab.yaml says, as machines: name, role and address on the private network.
require 'yaml'

module SlipwayLab
  Machine = Struct.new(:name, :role, :address)

  class Settings
    attr_reader :network

    def initialize(path)
      @values = YAML.safe_load(File.read(path))
      @network = @values.fetch('network').to_s
    end

    def [](key)
      @values.fetch(key)
    end

    def machines
      numbered('cp', 'control-plane', self['controlPlanes'], 10) + numbered('w', 'worker', self['workers'], 20)
    end

    # One network a prefix: two labs with different prefixes live side by side.
    def docker_network
      "slipway-vagrant-#{network.tr('.', '-')}"
    end

    private

    def numbered(prefix, role, count, start)
      (1..count).map { |i| Machine.new("#{prefix}#{i}", role, "#{network}.#{start + i}") }
    end
  end
end
