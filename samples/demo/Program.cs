using RedisActors.Demo;

if (!DemoOptions.TryParse(args, out var options, out var exitCode)) return exitCode;

using var signals = new StopSignals();
return await DemoRun.RunAsync(options, signals.Stop);
