using Akka.Hosting;
using Microsoft.Extensions.Hosting;
using RedisActors;
using RedisActors.Gateway;
using RedisActors.Hosting;

var redis = args.Length > 0 ? args[0] : "localhost:6379";
var listen = args.Length > 1 ? args[1] : "127.0.0.1:6380";

var builder = Host.CreateApplicationBuilder();
builder.Services.AddAkka("gateway", akka => akka
    .WithRedis(options =>
    {
        options.Endpoint = redis;
        options.Delivery = DeliveryMode.ExactlyOnce;
    })
    .WithRedisGateway(listen));
await builder.Build().RunAsync();
