using Akka.Configuration;
using RedisActors.Commands;
using RedisActors.Configuration;
using RedisActors.Lanes;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;
using RedisActors.Hosting;

namespace RedisActors.Tests.Decisions;

public sealed class RedisOptionsTests
{
    private static readonly TimeSpan Time = TimeSpan.FromMilliseconds(1234.5);

    public static TheoryData<string, string, string> Options => new()
    {
        { nameof(RedisOptions.Topology), "topology", "sentinel" },
        { nameof(RedisOptions.Endpoint), "endpoint", "example.org:1234" },
        { nameof(RedisOptions.Endpoints), "endpoints", "[a:1,b:2]" },
        { nameof(RedisOptions.SentinelService), "sentinel.service", "main" },
        { nameof(RedisOptions.SentinelEndpoints), "sentinel.endpoints", "[a:1,b:2]" },
        { nameof(RedisOptions.SentinelUser), "sentinel.user", "me" },
        { nameof(RedisOptions.SentinelPassword), "sentinel.password", "secret" },
        { nameof(RedisOptions.Role), "role", "any" },
        { nameof(RedisOptions.Lanes), "lanes", "7" },
        { nameof(RedisOptions.SessionsMax), "sessions.max", "7" },
        { nameof(RedisOptions.SessionsIdleTimeout), "sessions.idle-timeout", "1234.5ms" },
        { nameof(RedisOptions.Database), "database", "7" },
        { nameof(RedisOptions.User), "user", "me" },
        { nameof(RedisOptions.Password), "password", "secret" },
        { nameof(RedisOptions.CredentialsProvider), "credentials-provider", typeof(ListedType).AssemblyQualifiedName! },
        { nameof(RedisOptions.TlsEnabled), "tls.enabled", "on" },
        { nameof(RedisOptions.TlsHost), "tls.host", "example.org" },
        { nameof(RedisOptions.TlsCaFile), "tls.ca-file", "ca.pem" },
        { nameof(RedisOptions.TlsCertificateFile), "tls.certificate-file", "me.pem" },
        { nameof(RedisOptions.TlsKeyFile), "tls.key-file", "me.key" },
        { nameof(RedisOptions.TlsVerify), "tls.verify", "on" },
        { nameof(RedisOptions.ClientName), "client-name", "me" },
        { nameof(RedisOptions.ConnectTimeout), "connect-timeout", "1234.5ms" },
        { nameof(RedisOptions.CommandTimeout), "command-timeout", "1234.5ms" },
        { nameof(RedisOptions.Delivery), "delivery", "exactly-once" },
        { nameof(RedisOptions.WhenSafeLimit), "when-safe.limit", "read-only" },
        { nameof(RedisOptions.ExactlyOnceKeep), "exactly-once.keep", "1234.5ms" },
        { nameof(RedisOptions.ExactlyOnceKeyPrefix), "exactly-once.key-prefix", "shop:" },
        { nameof(RedisOptions.ExactlyOnceGroupMaxCount), "exactly-once.group.max-count", "7" },
        { nameof(RedisOptions.ExactlyOnceGroupMaxBytes), "exactly-once.group.max-bytes", "12345678901" },
        { nameof(RedisOptions.ExactlyOnceGroupMaxTime), "exactly-once.group.max-time", "1234.5ms" },
        { nameof(RedisOptions.AllowAdmin), "allow-admin", "on" },
        { nameof(RedisOptions.StashMaxCount), "stash.max-count", "7" },
        { nameof(RedisOptions.StashMaxBytes), "stash.max-bytes", "12345678901" },
        { nameof(RedisOptions.StashWhenFull), "stash.when-full", "drop-oldest" },
        { nameof(RedisOptions.InFlightMaxCount), "in-flight.max-count", "7" },
        { nameof(RedisOptions.InFlightMaxBytes), "in-flight.max-bytes", "12345678901" },
        { nameof(RedisOptions.ReplayInitialWindow), "replay.initial-window", "7" },
        { nameof(RedisOptions.ReplayMaxWindow), "replay.max-window", "7" },
        { nameof(RedisOptions.RetryMin), "retry.min", "1234.5ms" },
        { nameof(RedisOptions.RetryMax), "retry.max", "1234.5ms" },
        { nameof(RedisOptions.HeartbeatInterval), "heartbeat.interval", "1234.5ms" },
        { nameof(RedisOptions.HeartbeatTimeout), "heartbeat.timeout", "1234.5ms" },
        { nameof(RedisOptions.HeartbeatBusyGrace), "heartbeat.busy-grace", "1234.5ms" },
        { nameof(RedisOptions.BackoffStrategy), "backoff.strategy", "linear" },
        { nameof(RedisOptions.CustomBackoffStrategy), "backoff.strategy", typeof(ListedType).AssemblyQualifiedName! },
        { nameof(RedisOptions.BackoffMin), "backoff.min", "1234.5ms" },
        { nameof(RedisOptions.BackoffMax), "backoff.max", "1234.5ms" },
        { nameof(RedisOptions.BackoffMultiplier), "backoff.multiplier", "1.5" },
        { nameof(RedisOptions.BackoffJitter), "backoff.jitter", "1.5" },
        { nameof(RedisOptions.BackoffPollInterval), "backoff.poll-interval", "1234.5ms" },
        { nameof(RedisOptions.MaxRestarts), "restart.max-restarts", "7" },
        { nameof(RedisOptions.RestartWithin), "restart.within", "1234.5ms" },
        { nameof(RedisOptions.RestartResetAfter), "restart.reset-after", "1234.5ms" },
        { nameof(RedisOptions.RestartWhenSpent), "restart.when-spent", "suspend" },
        { nameof(RedisOptions.MisconfiguredRetryAfter), "misconfigured.retry-after", "1234.5ms" },
        { nameof(RedisOptions.MisconfiguredCommands), "misconfigured.commands", "answer-not-sent" },
        { nameof(RedisOptions.DrainInPhase), "shutdown.drain-in-phase", "service-stop" },
    };

    [Theory]
    [MemberData(nameof(Options))]
    public void Each_option_is_the_setting_of_its_name_and_nothing_else(string option, string path, string expected)
    {
        var property = typeof(RedisOptions).GetProperty(option)!;
        var options = new RedisOptions();
        property.SetValue(options, Sample(property.PropertyType, expected));

        var config = options.ToConfig("default");
        var secrets = SecretSettings.Over(ConfigurationFactory.Empty, options.Secrets);

        Assert.Equal(expected, path.EndsWith("password") ? Written(secrets, path) : Written(config, $"redis-actors.default.{path}"));
        foreach (var row in Options)
        {
            var other = (string)row[1];
            if (other != path || other.EndsWith("password")) Assert.False(config.HasPath($"redis-actors.default.{other}"), other);
            if (other != path || !other.EndsWith("password")) Assert.False(secrets.HasPath(other), other);
        }
    }

    [Fact]
    public void There_is_no_option_that_is_not_tested_above() =>
        Assert.Equal(typeof(RedisOptions).GetProperties().Select(property => property.Name), Options.Select(row => (string)row[0]));

    [Fact]
    public void Every_setting_of_reference_conf_is_an_option_too()
    {
        var settings = RedisExtension.DefaultConfig().GetConfig("redis-actors.default");
        var names = settings.AsEnumerable().Select(entry => entry.Key).Distinct();

        Assert.All(names, name => Assert.Contains(Options, row => ((string)row[1]).Split('.')[0] == name));
    }

    [Fact]
    public void Every_choice_is_a_valid_word_of_its_setting_and_explained_in_reference_conf()
    {
        var explained = Repository.Read("hocon/reference.conf");
        foreach (var property in typeof(RedisOptions).GetProperties())
        {
            if (Nullable.GetUnderlyingType(property.PropertyType) is not { IsEnum: true } choices) continue;
            var path = (string)Options.Single(row => (string)row[0] == property.Name)[1];
            foreach (var choice in Enum.GetValues(choices))
            {
                var options = new RedisOptions { SentinelService = "main", SentinelEndpoints = ["localhost"] };
                property.SetValue(options, choice);
                var config = options.ToConfig("default");

                Hocon.FromRoot(config);
                Assert.Matches($@"(#   |\(){config.GetString($"redis-actors.default.{path}")}\b", explained);
            }
        }
    }

    [Fact]
    public void A_backoff_strategy_of_your_own_goes_before_the_choice()
    {
        var options = new RedisOptions { BackoffStrategy = BackoffStrategy.Linear, CustomBackoffStrategy = typeof(TenMilliseconds) };

        var strategy = Hocon.FromRoot(options.ToConfig("default")).Supervision.Backoff.CreateStrategy();

        Assert.Equal(TimeSpan.FromMilliseconds(10), strategy.DelayBefore(attempt: 1, TimeSpan.Zero, chance: 0));
    }

    [Fact]
    public void Without_options_nothing_is_configured() => Assert.True(new RedisOptions().ToConfig("default").IsEmpty);

    [Fact]
    public void All_options_together_become_the_settings_they_say()
    {
        var options = new RedisOptions
        {
            Endpoint = "[::1]:7000", Database = 3, Password = "secret", ClientName = "me", ConnectTimeout = Time,
            CommandTimeout = Timeout.InfiniteTimeSpan, HeartbeatInterval = Time * 2, HeartbeatTimeout = Time * 3, BackoffMin = Time,
            BackoffMax = Time * 4, BackoffMultiplier = 1.25, BackoffJitter = 0.00001, MaxRestarts = 9,
            RestartWithin = TimeSpan.FromDays(3), RestartResetAfter = TimeSpan.Zero, Delivery = DeliveryMode.AtLeastOnce,
            WhenSafeLimit = ReplayLimit.Conditional, ExactlyOnceKeep = TimeSpan.FromHours(2),
            ExactlyOnceGroupMaxCount = 15, ExactlyOnceGroupMaxBytes = 1L << 34, ExactlyOnceGroupMaxTime = Time / 6, StashMaxCount = 11, StashMaxBytes = 1L << 40,
            StashWhenFull = WhenStashFull.DropOldest, InFlightMaxCount = 14, InFlightMaxBytes = 1L << 33, ReplayInitialWindow = 12, ReplayMaxWindow = 13, RetryMin = Time, RetryMax = Time * 2,
            BackoffPollInterval = Time * 5,
        };

        var settings = Settings(options);

        Assert.Equal("[::1]:7000", settings.Link.Target);
        Assert.Equal((3, "secret", "me"), (settings.Link.Database, settings.Link.Credentials.Password, settings.Link.ClientName));
        Assert.Equal((Time, Timeout.InfiniteTimeSpan), (settings.Link.ConnectTimeout, settings.Commands.Timeout));
        Assert.Equal((Time * 2, Time * 3), (settings.Link.Heartbeat.Interval, settings.Link.Heartbeat.Timeout));
        Assert.Equal((Time, Time * 4), (settings.Supervision.Backoff.Min, settings.Supervision.Backoff.Max));
        Assert.Equal((1.25, 0.00001), (settings.Supervision.Backoff.Multiplier, settings.Supervision.Backoff.Jitter));
        Assert.Equal((9, TimeSpan.FromDays(3), TimeSpan.Zero), (settings.Supervision.Restart.Max, settings.Supervision.Restart.Within, settings.Supervision.Restart.ResetAfter));
        Assert.Equal((DeliveryMode.AtLeastOnce, ReplayLimit.Conditional), (settings.Commands.Delivery, settings.Commands.WhenSafeLimit));
        Assert.Equal(TimeSpan.FromHours(2), settings.Commands.TokensKeptFor);
        Assert.Equal((15, 1L << 34, Time / 6), (settings.Commands.Group.MaxCount, settings.Commands.Group.MaxBytes, settings.Commands.Group.MaxTime));
        Assert.Equal((11, 1L << 40, WhenStashFull.DropOldest), (settings.Commands.Stash.MaxCount, settings.Commands.Stash.MaxBytes, settings.Commands.Stash.WhenFull));
        Assert.Equal((14, 1L << 33), (settings.Commands.InFlight.MaxCount, settings.Commands.InFlight.MaxBytes));
        Assert.Equal((12, 13), (settings.Commands.Replay.InitialWindow, settings.Commands.Replay.MaxWindow));
        Assert.Equal((Time, Time * 2), (settings.Commands.Retry.Min, settings.Commands.Retry.Max));
        Assert.Equal(Time * 5, settings.Supervision.Backoff.PollInterval);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("with \"quotes\"")]
    [InlineData("\"")]
    [InlineData("back\\slash")]
    [InlineData("ends in a backslash\\")]
    [InlineData("\\\"")]
    [InlineData("\\n is no line break")]
    [InlineData("${substitution} $dollar $")]
    [InlineData("# no comment // either")]
    [InlineData("{ a = 1 }, [b]")]
    [InlineData("a line\nbreak, a \r and a \t.")]
    [InlineData("gr\u00fc\u00dfe \u6f22\u5b57")]
    [InlineData("\"\"\"")]
    [InlineData(" with blanks at its ends ")]
    [InlineData("   ")]
    public void A_text_arrives_as_it_was_given(string text) =>
        Assert.Equal(text, Settings(new RedisOptions { ClientName = "me", Password = text }).Link.Credentials.Password);

    [Fact]
    public void Passwords_do_not_become_part_of_the_configuration()
    {
        var options = new RedisOptions { User = "me", Password = "hunter2", SentinelPassword = "hunter3" };

        Assert.DoesNotContain("hunter", options.ToConfig("default").ToString(includeFallback: true));
        Assert.Equal(new RedisSecrets { Password = "hunter2", SentinelPassword = "hunter3" }, options.Secrets);
        Assert.DoesNotContain("hunter", $"{options} {options.Secrets}");
    }

    [Theory]
    [InlineData("localhost:6379,password=hunter2")]
    [InlineData("redis://:hunter2@localhost:6379")]
    [InlineData("localhost:hunter2")]
    public void A_connection_string_in_the_place_of_an_endpoint_is_refused_and_not_shown(string text)
    {
        foreach (var options in new RedisOptions[] { new() { Endpoint = text }, new() { Endpoints = [text] }, new() { SentinelEndpoints = [text] } })
        {
            var error = Assert.Throws<ConfigurationException>(() => Settings(options));

            Assert.Contains("endpoint", error.Message);
            Assert.DoesNotContain("hunter2", error.ToString());
        }
    }

    [Fact]
    public void A_key_in_the_place_of_its_file_is_refused_and_not_shown()
    {
        using var key = System.Security.Cryptography.ECDsa.Create();
        var pem = key.ExportPkcs8PrivateKeyPem();

        var error = Assert.Throws<ConfigurationException>(() => Settings(new RedisOptions { TlsKeyFile = pem }));

        Assert.Contains("tls.key-file: (a text that may contain a secret) is not valid; expected the path of a file", error.Message);
    }

    [Fact]
    public void What_has_no_end_can_be_said_too()
    {
        var options = new RedisOptions
        {
            MaxRestarts = RedisOptions.Unlimited,
            BackoffPollInterval = Timeout.InfiniteTimeSpan,
            CommandTimeout = Timeout.InfiniteTimeSpan,
            MisconfiguredRetryAfter = Timeout.InfiniteTimeSpan,
        };

        var settings = Hocon.FromRoot(options.ToConfig("default").WithFallback(
            ConfigurationFactory.ParseString("redis-actors.default { restart.max-restarts = 5, backoff.poll-interval = 1s }")));

        Assert.Null(settings.Supervision.Restart.Max);
        Assert.Equal(Timeout.InfiniteTimeSpan, settings.Supervision.Backoff.PollInterval);
        Assert.Equal(Timeout.InfiniteTimeSpan, settings.Commands.Timeout);
        Assert.Equal(Timeout.InfiniteTimeSpan, settings.Supervision.Misconfigured.RetryAfter);
    }

    [Fact]
    public void An_empty_password_in_code_overrides_one_in_hocon()
    {
        var config = ConfigurationFactory.ParseString("redis-actors.default.password = secret");

        Assert.Null(Settings(new RedisOptions { Password = string.Empty }, config).Link.Credentials.Password);
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused_like_their_settings()
    {
        var config = new RedisOptions { BackoffJitter = double.NaN, ConnectTimeout = TimeSpan.Zero }.ToConfig("default");

        var message = Assert.Throws<ConfigurationException>(() => Hocon.FromRoot(config)).Message;

        Assert.Contains("redis-actors.default.backoff.jitter", message);
        Assert.Contains("redis-actors.default.connect-timeout", message);
    }

    private static RedisSettings Settings(RedisOptions options, Config? config = null) => RedisConnections.Create(
        options.ToConfig("default").WithFallback(config ?? ConfigurationFactory.Empty).WithFallback(RedisExtension.DefaultConfig()),
        options.Secrets is { } secrets ? RedisSecretsSetup.Empty.With("default", secrets) : null).Default;

    private static string Written(Config config, string path) =>
        config.GetValue(path).IsArray() ? $"[{string.Join(',', config.GetStringList(path))}]" : config.GetString(path);

    private static object Sample(Type type, string expected) =>
        type == typeof(string) ? expected
        : type == typeof(Type) ? typeof(ListedType)
        : type == typeof(IReadOnlyList<string>) ? new[] { "a:1", "b:2" }
        : type == typeof(bool?) ? true
        : Nullable.GetUnderlyingType(type) is { IsEnum: true } choices ? Enum.Parse(choices, expected.Replace("-", ""), ignoreCase: true)
        : type == typeof(int?) ? 7
        : type == typeof(long?) ? 12345678901
        : type == typeof(double?) ? 1.5
        : Time;

    private sealed class ListedType;

    public sealed class TenMilliseconds : IBackoffStrategy
    {
        public TimeSpan DelayBefore(int attempt, TimeSpan previous, double chance) => TimeSpan.FromMilliseconds(10);
    }
}
