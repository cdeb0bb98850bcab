using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Security.Cryptography;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RedisActors.Configuration;
using RedisActors.Hosting;
using RedisActors.Lanes;
using RedisActors.Testing;

namespace RedisActors.Tests.Servers;

/// <summary>No text of the library's holds a secret: whatever goes wrong, and whoever reads logs, events, exceptions and settings.</summary>
[Collection(nameof(AllProcessors))]
public sealed class SecretsTests : IDisposable
{
    // No part of one of them occurs in any honest text.
    private const string Default = "qD1-xjvkzwqu7";
    private const string Acl = "qA2-vkxqjzwy8";
    private const string Wrong = "qW3-zxkvjqwu9";
    private const string Echoed = "qE4-jxzkvwqy1";
    private const string Sentinel = "qS5-wqzxjkvu2";
    private const string Provided = "qP6-kzjxqvwy3";
    private const string ConnectionString = "qC7-xzwkjvqu4";

    /// <summary>What servers make of <c>AUTH</c> and its password, and what something else behind the port does.</summary>
    private static readonly string[] Echoes =
    [
        "-ERR unknown command 'AUTH', with args beginning with: '{0}' ",
        "-ERR unknown command 'AUTH', with args beginning with: '{1}",
        "-WRONGPASS the password {0} is wrong", "-NOPERM {0} may not", "-NOAUTH {0}", "-LOADING {0}", "-DENIED {0}", "-{0} is wrong",
        "-ERR Client sent AUTH {0}, but no password is set", "-ERR invalid password {0}", "-ERR max number of clients reached {0}",
        "+OK\r\n-NOPERM {0} may not ping", "+OK\r\n-NOAUTH {0}", "+OK\r\n-LOADING {0}", "+OK\r\n+{0}", "+OK\r\n${2}\r\n{0}",
        "HTTP/1.1 400 Bad Request: AUTH {0}", "{0}", "*3\r\n$4\r\nAUTH\r\n${2}\r\n{0}",
    ];

    private static readonly ConcurrentDictionary<string, Texts> Collected = new();

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly Texts _texts = new();

    public void Dispose() => _key.Dispose();

    [Fact]
    public async Task No_text_holds_a_secret()
    {
        await ConnectAsync(Echoed, (endpoint, i) => ($"endpoint = \"{endpoint}\"", new RedisSecrets { User = i % 2 == 0 ? null : "app", Password = Echoed }));
        await ConnectAsync(Echoed, (endpoint, _) => ($"endpoint = \"{endpoint}\", topology = cluster", new RedisSecrets { Password = Echoed }));
        await ConnectAsync(Echoed, (endpoint, _) => ($"endpoint = \"{endpoint}\", role = any, database = 1", new RedisSecrets { Password = Echoed }));
        await ConnectAsync(Sentinel, (endpoint, i) => (
            $"topology = sentinel, sentinel {{ service = main, endpoints = [\"{endpoint}\"] }}",
            new RedisSecrets { SentinelUser = i % 2 == 0 ? null : "watcher", SentinelPassword = Sentinel }));
        await RefuseAsync();
        ReadSettings();

        // Everything was looked at that could have held one.
        Assert.True(_texts.Contain("acl-user"), "the configuration was not logged");
        Assert.True(_texts.Contain("WRONGPASS"), "a wrong password was not logged");
        Assert.True(_texts.Contain("RedisBackingOff"), "no event was published");
        Assert.True(_texts.Contain("may repeat the password"), "nothing was hidden");
        Assert.True(_texts.Contain("not its contents"), "a pasted key was not refused");
        Assert.True(_texts.Contain("expected host:port"), "a connection string was not refused");
        Assert.True(_texts.Contain("with a password"), "no settings were read");
        Assert.Empty(Leaks());
    }

    [Theory]
    [InlineData("log")]
    [InlineData("event")]
    [InlineData("cause")]
    [InlineData("settings")]
    public void A_secret_would_be_found(string where)
    {
        using (var system = Create("found", "akka.log-config-on-start = off"))
        {
            Watch(system);
            if (where == "log") system.Log.Error("AUTH {0}", Default);
            if (where == "event") system.EventStream.Publish(new RedisLost("default", 1, "localhost:6379", Default));
            if (where == "cause") system.Log.Error(new InvalidOperationException("outside", new InvalidOperationException(Default)), "failed");
            if (where == "settings") Add(new Settings([new Leak(Default)]));

            // Loggers and subscribers are told by and by.
            Assert.True(SpinWait.SpinUntil(() => Leaks().Count > 0, TimeSpan.FromSeconds(20)));
        }
    }

    /// <summary>
    /// A connection to each server that repeats what it was told, and others beside them, in a host that logs everything, its configuration
    /// included.
    /// </summary>
    /// <param name="said">The secret that these servers repeat.</param>
    /// <param name="connect">The settings and secrets of a connection to one of them, by its endpoint and number.</param>
    private async Task ConnectAsync(string said, Func<string, int, (string Settings, RedisSecrets Secrets)> connect)
    {
        await using var server = await RedisServer.StartAsync(
            new RedisServerOptions { Password = Default, Users = [$"acl-user on >{Acl} ~* &* +@all"], AppendOnly = false });
        await using var echo = StrangeServer.Saying(words => words);
        var strangers = Echoes.Select(words => StrangeServer.Saying(_ => string.Format(words, said, said[..9], said.Length) + "\r\n")).ToList();
        Provider.Password = Provided;
        try
        {
            var hocon = new List<string> { $"wrong.endpoint = \"{server.Endpoint}\"", $"echo.endpoint = \"{echo.Endpoint}\"" };
            var secrets = RedisSecretsSetup.Empty
                .With("default", new RedisSecrets { User = "acl-user", Password = "overridden by the option" })
                .With("wrong", new RedisSecrets { Password = Wrong })
                .With("echo", new RedisSecrets { Password = Echoed });
            for (var i = 0; i < Echoes.Length; i++)
            {
                var (settings, secret) = connect(strangers[i].Endpoint, i);
                hocon.Add($"echo-{i} {{ {settings} }}");
                secrets = secrets.With($"echo-{i}", secret);
            }

            var builder = Host.CreateApplicationBuilder();
            builder.Logging.ClearProviders();
            builder.Services.AddAkka("secrets", akka => akka
                .AddHocon(LoggingEverything("log-config-on-start = on"), HoconAddMode.Prepend)
                .AddHocon(
                    $$"""
                    redis-actors {
                      default { command-timeout = 3s, misconfigured.commands = answer-not-sent, backoff { min = 1s, max = 1s, poll-interval = infinite }
                      }
                      connections {
                    {{string.Join('\n', hocon)}}
                      }
                    }
                    """,
                    HoconAddMode.Prepend)
                .AddSetup(secrets)
                .WithActors((system, _) => Watch(system))
                .WithRedis($"{server.Endpoint},user=acl-user,password={Acl}")
                .WithRedis<Right>("right", options => (options.Endpoint, options.User, options.Password) = (server.Endpoint, "default", Default))
                .WithRedis<Asked>("asked", options => (options.Endpoint, options.User, options.Password, options.CredentialsProvider) =
                    (server.Endpoint, "", "", typeof(Provider))));
            Collected["secrets"] = _texts;
            using var host = builder.Build();
            await host.StartAsync();
            var system = host.Services.GetRequiredService<ActorSystem>();
            var names = secrets.Connections.Keys.Append("right").Append("asked").Distinct().ToList();
            Assert.Equal(Echoes.Length + 5, names.Count);
            string[] good = ["default", "right"];
            var outcomes = await Task.WhenAll(names.Select(
                name => OutcomeAsync(RedisExtension.Get(system).Connection(name), good.Contains(name) ? TimeSpan.FromSeconds(50) : null)));

            Assert.Equal(good, names.Where((_, i) => outcomes[i] == Outcome.Applied).Order());
            foreach (var added in ConnectionAdditionsSetup.Of(system).Values) Add(added);
            Add(secrets);
            await host.StopAsync();
        }
        finally
        {
            foreach (var strange in strangers) await strange.DisposeAsync();
        }
    }

    /// <summary>Settings that hold a secret where none belongs.</summary>
    private async Task RefuseAsync()
    {
        var pem = _key.ExportPkcs8PrivateKeyPem();
        string[] strings = [$"localhost:6379,password={ConnectionString}", $"redis://:{ConnectionString}@localhost", $"localhost:{ConnectionString}"];
        var settings = strings.SelectMany(text => new[] { $"endpoint = \"{text}\"", $"endpoints = [\"{text}\"]", $"endpoints = \"{text}\"" })
            .Concat([
                $"tls {{ enabled = on, certificate-file = a, key-file = \"{pem.Replace("\n", "\\n")}\" }}",
                $"tls.key-file = \"{Convert.ToBase64String(_key.ExportPkcs8PrivateKey())}\"",
                $"password = [\"{Default}\"]", $"password {{ {Default} = 1 }}", $"pasword = {Default}", $"user = {{ a = {Default} }}",
                $"\"localhost:6379,password={ConnectionString}\" = on", $"client-name = \"localhost:6379, password={ConnectionString}\"",
            ]);
        foreach (var lines in settings)
        {
            using var system = Create("refused", $"akka.log-config-on-start = off\nredis-actors.default {{\n{lines}\n}}");
            Watch(system);
            Add(Assert.ThrowsAny<Exception>(() => RedisExtension.Get(system)));
        }

        var options = strings.Select(text => new Action<RedisOptions>(given => given.Endpoint = text))
            .Append(given => given.TlsKeyFile = pem)
            .Append(given => given.ApplyConnectionString($"localhost,password={ConnectionString},ssl={ConnectionString}"))
            .Append(given => given.ApplyConnectionString($"localhost,password=a,{ConnectionString}={ConnectionString},{ConnectionString}"))
            .Append(given => given.ApplyConnectionString($"redis://app:{ConnectionString}/@localhost/{ConnectionString}?{ConnectionString}"))
            .Append(given => given.SentinelEndpoints = [strings[0]]);
        Collected["refused-host"] = _texts;
        foreach (var configure in options)
        {
            var builder = Host.CreateApplicationBuilder();
            builder.Logging.ClearProviders();
            builder.Services.AddAkka("refused-host", akka => akka.AddHocon(LoggingEverything("log-config-on-start = on"), HoconAddMode.Prepend).WithRedis(configure));
            using var host = builder.Build();
            Add(await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync()));
        }
    }

    /// <summary>What the library's own objects say of themselves, if somebody logs one.</summary>
    private void ReadSettings()
    {
        var secrets = RedisSecretsSetup.Empty.With("default", new RedisSecrets { Password = Default, User = "acl-user" });
        var config = ConfigurationFactory.ParseString(
            $"redis-actors {{ default.sentinel.password = {Sentinel}\nconnections.cache {{ password = {Acl}, user = acl-user }}\n}}");
        Add(RedisConnections.Create(config.WithFallback(RedisExtension.DefaultConfig()), secrets));
        Add(secrets);
        Add(new RedisOptions { Password = Default, SentinelPassword = Sentinel });
        Add(new RedisCredentials("acl-user", Acl));
        Add(new RedisActors.Connection.ServerAccess(new RedisCredentials(null, Default), null));
        var actor = RedisActor.Props(RedisConnections.Create(config.WithFallback(RedisExtension.DefaultConfig()), secrets).Default);
        _texts.Add($"{actor}");
    }

    /// <summary>The texts that hold a secret, or the beginning of one.</summary>
    private IReadOnlyList<string> Leaks()
    {
        var body = Convert.ToBase64String(_key.ExportPkcs8PrivateKey());
        string[] secrets = [Default, Acl, Wrong, Echoed, Sentinel, Provided, ConnectionString, body[^60..]];
        return _texts.Where(text => Array.Exists(secrets, secret => text.Contains(secret[..9], StringComparison.OrdinalIgnoreCase)
            || text.Replace("\n", "").Contains(secret, StringComparison.OrdinalIgnoreCase)));
    }

    private async Task<Outcome> OutcomeAsync(IActorRef redis, TimeSpan? timeout)
    {
        try
        {
            return (await redis.Ask<RedisReply>(new RedisCommand("PING") { Timeout = timeout }, TimeSpan.FromSeconds(60))).Outcome;
        }
        catch (RedisOutcomeException error)
        {
            Add(error);
            return error.Outcome;
        }
    }

    private ActorSystem Create(string name, string hocon)
    {
        Collected[name] = _texts;
        return ActorSystem.Create(name, ConfigurationFactory.ParseString(hocon).WithFallback(LoggingEverything(string.Empty)));
    }

    private void Watch(ActorSystem system) =>
        system.EventStream.Subscribe(system.ActorOf(Props.Create(() => new Listener(_texts))), typeof(object));

    private static Config LoggingEverything(string more) => ConfigurationFactory.ParseString($$"""
        akka {
          loglevel = DEBUG
          stdout-loglevel = OFF
          loggers = ["{{typeof(Logger).AssemblyQualifiedName}}"]
          actor.debug { receive = on, autoreceive = on, lifecycle = on, unhandled = on, event-stream = on }
          {{more}}
        }
        """);

    /// <summary>An exception with its causes; or an object, with those of the library that it holds.</summary>
    private void Add(object root)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var left = new Stack<object>([root]);
        while (left.TryPop(out var next))
        {
            if (!seen.Add(next)) continue;
            _texts.Add(next is IEnumerable and not Exception ? next.GetType().ToString() : $"{next.GetType()}: {next}");
            if (next is Exception error)
            {
                _texts.Add(error.Message);
                if (error.InnerException is { } cause) left.Push(cause);
            }
            else if (next is IDictionary dictionary)
            {
                foreach (var item in dictionary.Values) Push(item);
            }
            else if (next is IEnumerable items and not string)
            {
                foreach (var item in items) Push(item);
            }

            for (var type = next.GetType(); type is not null && IsOurs(type); type = type.BaseType)
            {
                foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)) Push(field.GetValue(next));
            }
        }

        void Push(object? value)
        {
            if (value is not null && (IsOurs(value.GetType()) || value is IEnumerable and not string)) left.Push(value);
        }

        static bool IsOurs(Type type) => type.Namespace?.StartsWith("RedisActors", StringComparison.Ordinal) is true;
    }

    public sealed class Provider : IRedisCredentialsProvider
    {
        public static string? Password { get; set; }

        public ValueTask<RedisCredentials> GetAsync(string connection, CancellationToken cancellation) =>
            new(new RedisCredentials("acl-user", Password));
    }

    /// <summary>Told from the start of the actor system on, before anybody could subscribe.</summary>
    public sealed class Logger : ReceiveActor
    {
        public Logger()
        {
            Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
            Receive<LogEvent>(entry => Collected[Context.System.Name].Add($"{entry} {entry.Message} {entry.Cause}"));
        }
    }

    private sealed class Listener : ReceiveActor
    {
        public Listener(Texts texts) => ReceiveAny(message => texts.Add($"{message.GetType().Name} {message}"));
    }

    private sealed class Texts
    {
        private readonly ConcurrentQueue<string> _all = new();

        public void Add(string text) => _all.Enqueue(text);

        public bool Contain(string part) => _all.Any(text => text.Contains(part, StringComparison.Ordinal));

        public IReadOnlyList<string> Where(Func<string, bool> condition) => [.. _all.Where(condition).Take(20)];
    }

    private sealed record Settings(IReadOnlyList<Leak> Inner);

    private sealed record Leak(string Password);

    private sealed class Right;

    private sealed class Asked;
}
