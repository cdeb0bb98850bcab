using System.Diagnostics;
using System.Runtime.Serialization;
using System.Text;
using Google.Protobuf;
using StackExchange.Redis;

namespace RedisActors.Wire;

/// <summary>
/// A command, or what is sent as one. Its arguments travel as the bytes that Redis is sent, numbers included; those of a script are its hash,
/// the number of its keys, its keys and its values.
/// </summary>
internal sealed class CommandForm(PayloadForm payloads)
{
    /// <summary>A smaller one is copied out of the message that it came with, so as not to keep that; a larger one is not.</summary>
    private const int LargeArgument = 1024;

    private readonly string?[] _names = new string?[128];

    /// <summary>The same as <see cref="ToWire(RedisCommand)"/>, written straight into a form that holds it.</summary>
    public void Write(FormWriter writer, int field, RedisCommand command)
    {
        if (command is RedisScript or RedisTransaction || command is not { State: null, Timeout: null, IsTraced: false })
        {
            writer.Message(field, ToWire(command));
            return;
        }

        long size = 16;
        foreach (var argument in command.ArgumentArray) size += 3 + argument.GetByteCount();
        var start = writer.Begin(field, size);
        writer.Text(1, command.Name);
        foreach (var argument in command.ArgumentArray) writer.Bytes(2, argument);
        writer.Optional(3, command.Database);
        writer.Number(6, (int)ToWire(command.Delivery));
        writer.Number(7, (int)ToWire(command.ReplayClass));
        writer.Optional(8, command.IdempotencyKey);
        writer.Flag(9, command.WasSentBefore);
        writer.End(start);
    }

    /// <summary>The same as <see cref="FromWire(Form.Command)"/>, from a form that holds it.</summary>
    public RedisCommand Read(FormReader wire)
    {
        var (name, arguments, argument) = (string.Empty, new RedisValue[wire.Count(2)], 0);
        int? database = null;
        var (delivery, replay, token, sentBefore) = (Form.Delivery.OfSettings, Form.Replay.OfTable, (string?)null, false);
        var whole = wire;
        while (wire.Next())
        {
            switch (wire.Tag)
            {
                case (1, FormReader.Content):
                    name = Name(wire.Bytes().Span);
                    break;
                case (2, FormReader.Content):
                    arguments[argument++] = Argument(wire.Bytes());
                    break;
                case (3, FormReader.Varint):
                    database = (int)wire.Number();
                    break;
                case (6, FormReader.Varint):
                    delivery = (Form.Delivery)wire.Number();
                    break;
                case (7, FormReader.Varint):
                    replay = (Form.Replay)wire.Number();
                    break;
                case (8, FormReader.Content):
                    token = wire.Text();
                    break;
                case (9, FormReader.Varint):
                    sentBefore = wire.Flag();
                    break;
                case ( <= 13, _):
                    return FromWire(Form.Command.Parser.ParseFrom(whole.Rest));
                default:
                    wire.Skip();
                    break;
            }
        }

        var command = RedisCommand.Owning(name, arguments, database, FromWire(delivery), FromWire(replay), token, sentBefore);
        return command.IsTraced ? command with { Trace = default } : command;
    }

    public Form.Command ToWire(RedisCommand command)
    {
        var wire = new Form.Command
        {
            Name = command.Name,
            State = payloads.ToWire(command.State),
            Delivery = ToWire(command.Delivery),
            Replay = ToWire(command.ReplayClass),
            SentBefore = command.WasSentBefore,
        };
        if (command.Database is { } database) wire.Database = database;
        if (command.Timeout is { } timeout) wire.Timeout = timeout.Ticks;
        if (command.IdempotencyKey is { } token) wire.Token = token;
        if (command.Trace is var trace && trace != default)
        {
            wire.Traceparent = $"00-{trace.TraceId}-{trace.SpanId}-{(byte)trace.TraceFlags:x2}";
            if (!string.IsNullOrEmpty(trace.TraceState)) wire.Tracestate = trace.TraceState;
        }

        if (command is RedisScript script) wire.Script = new Form.Script { Text = script.Text };
        if (command is RedisTransaction transaction)
        {
            wire.Transaction = new Form.Transaction();
            wire.Transaction.Commands.AddRange(transaction.CommandArray.Select(ToWire));
            wire.Transaction.Conditions.AddRange(transaction.ConditionArray.Select(condition => ToWire(condition.Check)));
            return wire;
        }

        foreach (var argument in command.ArgumentArray) wire.Arguments.Add(UnsafeByteOperations.UnsafeWrap(argument));
        return wire;
    }

    public RedisCommand FromWire(Form.Command wire) => Bare(wire) with
    {
        Database = wire.HasDatabase ? wire.Database : null,
        Timeout = wire.HasTimeout ? TimeSpan.FromTicks(wire.Timeout) : null,
        State = payloads.FromWire(wire.State),
        Delivery = FromWire(wire.Delivery),
        ReplayClass = FromWire(wire.Replay),
        IdempotencyKey = wire.HasToken ? wire.Token : null,
        WasSentBefore = wire.SentBefore,
        Trace = TraceOf(wire),
    };

    /// <summary>As a message of a kind of its own.</summary>
    public T FromWire<T>(Form.Command wire)
        where T : RedisCommand => FromWire(wire) as T ?? throw new SerializationException($"it is no {typeof(T).Name}");

    /// <summary>What cannot be read is no reason to lose a command.</summary>
    private static ActivityContext TraceOf(Form.Command wire) =>
        wire.HasTraceparent && ActivityContext.TryParse(wire.Traceparent, wire.HasTracestate ? wire.Tracestate : null, isRemote: true, out var trace)
            ? trace
            : default;

    private RedisCommand Bare(Form.Command wire)
    {
        if (wire.Transaction is { } transaction)
        {
            // One that holds others would be as deep as its sender likes.
            if (transaction.Commands.Any(command => command.Transaction is not null)) throw new SerializationException("a transaction is within a transaction");
            return new RedisTransaction([.. transaction.Commands.Select(FromWire)]) { Conditions = [.. transaction.Conditions.Select(Condition)] };
        }

        var arguments = Arguments(wire);
        if (wire.Script is not { } script) return RedisCommand.Owning(wire.Name, arguments);
        if (arguments.Length < 2 || (int)arguments[1] is not (>= 0 and var keys) || keys > arguments.Length - 2)
        {
            throw new SerializationException("the number of the script's keys is wrong");
        }

        return new RedisScript(script.Text, arguments.AsSpan(2, keys), arguments.AsSpan(2 + keys)) { ReadOnly = wire.Name.EndsWith("_RO", StringComparison.Ordinal) };
    }

    private static RedisCondition Condition(Form.Command wire) => RedisCondition.From(new RedisCommand(wire.Name, Arguments(wire)))
        ?? throw new SerializationException($"it has a condition ({wire.Name}) that this version does not know");

    private static RedisValue[] Arguments(Form.Command wire)
    {
        var arguments = new RedisValue[wire.Arguments.Count];
        for (var i = 0; i < arguments.Length; i++) arguments[i] = wire.Arguments[i].Memory;
        return arguments;
    }

    /// <summary>Most commands have one of a few names.</summary>
    private string Name(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return string.Empty;
        ref var known = ref _names[(bytes.Length + (bytes[0] * 5) + (bytes[^1] * 11)) % _names.Length];
        if (known is { } name && Ascii.Equals(bytes, name)) return name;
        return known = Encoding.UTF8.GetString(bytes);
    }

    private static RedisValue Argument(ReadOnlyMemory<byte> bytes) => bytes.Length < LargeArgument ? bytes.ToArray() : bytes;

    private static Form.Delivery ToWire(DeliveryMode? mode) => mode switch
    {
        null => Form.Delivery.OfSettings,
        DeliveryMode.AtMostOnce => Form.Delivery.AtMostOnce,
        DeliveryMode.WhenSafe => Form.Delivery.WhenSafe,
        DeliveryMode.AtLeastOnce => Form.Delivery.AtLeastOnce,
        DeliveryMode.ExactlyOnce => Form.Delivery.ExactlyOnce,
        _ => throw new SerializationException($"there is no delivery mode {mode}"),
    };

    // An unknown mode promises something that this version cannot keep: better no command than one under another promise.
    private static DeliveryMode? FromWire(Form.Delivery mode) => mode switch
    {
        Form.Delivery.OfSettings => null,
        Form.Delivery.AtMostOnce => DeliveryMode.AtMostOnce,
        Form.Delivery.WhenSafe => DeliveryMode.WhenSafe,
        Form.Delivery.AtLeastOnce => DeliveryMode.AtLeastOnce,
        Form.Delivery.ExactlyOnce => DeliveryMode.ExactlyOnce,
        _ => throw new SerializationException($"it asks for a delivery mode ({mode:D}) that this version does not know"),
    };

    private static Form.Replay ToWire(ReplayClass? replay) => replay switch
    {
        null => Form.Replay.OfTable,
        ReplayClass.ReadOnly => Form.Replay.ReadOnly,
        ReplayClass.LastWins => Form.Replay.LastWins,
        ReplayClass.Conditional => Form.Replay.Conditional,
        ReplayClass.Accumulating => Form.Replay.Accumulating,
        ReplayClass.Administration => Form.Replay.Administration,
        ReplayClass.Never => Form.Replay.Never,
        _ => throw new SerializationException($"there is no replay class {replay}"),
    };

    // An unknown class counts as accumulating, as an unknown command does.
    private static ReplayClass? FromWire(Form.Replay replay) => replay switch
    {
        Form.Replay.OfTable => null,
        Form.Replay.ReadOnly => ReplayClass.ReadOnly,
        Form.Replay.LastWins => ReplayClass.LastWins,
        Form.Replay.Conditional => ReplayClass.Conditional,
        Form.Replay.Administration => ReplayClass.Administration,
        Form.Replay.Never => ReplayClass.Never,
        _ => ReplayClass.Accumulating,
    };
}
