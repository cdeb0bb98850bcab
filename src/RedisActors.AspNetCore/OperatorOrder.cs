using Microsoft.AspNetCore.Http;

namespace RedisActors.AspNetCore;

/// <summary>What an operator asks for on the page.</summary>
/// <param name="Connection">The connection's name.</param>
/// <param name="Action"><c>reconnect</c>, <c>pause</c> or <c>resume</c>.</param>
/// <param name="Reason">Why, in one line; it becomes part of the cause that everybody sees.</param>
internal sealed record OperatorOrder(string? Connection, string? Action, string? Reason)
{
    private const int MostText = 200;

    /// <summary>What the RedisActor is told; null: there is no such action.</summary>
    /// <param name="user">Who asks; null: it is not known.</param>
    public object? Message(string? user)
    {
        var who = Line(user) is { Length: > 0 } name ? name : "an operator";
        var reason = Line(Reason) is { Length: > 0 } given ? $"{who}, on the page: {given}" : $"{who}, on the page";
        return Action switch
        {
            "reconnect" => new ForceReconnect(reason),
            "pause" => new PauseConnection(reason),
            "resume" => ResumeConnection.Instance,
            _ => null,
        };
    }

    /// <summary>Has the order carried out, or says what is wrong with it.</summary>
    public IResult Execute(PageFeed feed, string? user)
    {
        if (Message(user) is not { } message) return Results.Text("The action is not valid; reconnect, pause and resume are.", statusCode: StatusCodes.Status400BadRequest);
        if (feed.Find(Connection ?? string.Empty) is not { } redis) return Results.Text("There is no such connection.", statusCode: StatusCodes.Status404NotFound);
        redis.Tell(message, Akka.Actor.ActorRefs.NoSender);
        return Results.StatusCode(StatusCodes.Status202Accepted);
    }

    /// <summary>One line of it, since it goes to the log.</summary>
    private static string Line(string? text)
    {
        var line = string.Concat((text ?? string.Empty).Select(letter => char.IsControl(letter) || letter is '\u2028' or '\u2029' ? ' ' : letter)).Trim();
        return line.Length > MostText ? line[..MostText] : line;
    }
}
