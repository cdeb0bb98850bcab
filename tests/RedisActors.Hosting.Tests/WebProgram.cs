using Akka.Actor;
using Akka.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace RedisActors.Hosting.Tests;

/// <summary>
/// A web application. Each request sends two commands, one after the other, and is answered 200 with the reply of the second, or
/// 503 with the outcome of the one that failed.
/// </summary>
internal static class WebProgram
{
    public const string Name = "web";

    private static int _accepted;

    public static async Task RunAsync(string redis, string hocon)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton<IHostedService>(services => new LastWord(services, "before AddAkka"));
        builder.Services.AddAkka("web", akka => akka
            .AddHocon($"akka {{ loglevel = WARNING, stdout-loglevel = OFF }}\n{hocon}", HoconAddMode.Prepend)
            .WithRedis(redis));
        builder.Services.AddSingleton<IHostedService>(services => new LastWord(services, "after AddAkka"));
        await using var application = builder.Build();
        application.MapGet("/", AnswerAsync);
        application.Lifetime.ApplicationStarted.Register(() => Console.WriteLine($"Listening on {application.Urls.Single()}"));
        application.Lifetime.ApplicationStopping.Register(() => Console.WriteLine("Stopping"));
        await application.RunAsync();
        Console.WriteLine($"Accepted {_accepted} requests");
    }

    private static async Task<IResult> AnswerAsync(IRequiredActor<RedisActor> redis)
    {
        Interlocked.Increment(ref _accepted);
        try
        {
            await redis.ActorRef.ExecuteAsync("INCR", "first");
            var second = await redis.ActorRef.ExecuteAsync("INCR", "second");
            return Results.Text($"{second.AsInt64()}");
        }
        catch (RedisOutcomeException failure)
        {
            return Results.Text($"{failure.Outcome}", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    /// <summary>Sends one more command when the host stops it.</summary>
    private sealed class LastWord(IServiceProvider services, string place) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            var redis = services.GetRequiredService<IRequiredActor<RedisActor>>().ActorRef;
            Outcome outcome;
            try
            {
                outcome = (await redis.ExecuteAsync(new RedisCommand("INCR", "last-words"), cancellationToken)).Outcome;
            }
            catch (RedisOutcomeException failure)
            {
                outcome = failure.Outcome;
            }

            Console.WriteLine($"The service {place} was told {outcome}");
        }
    }
}
