using DevOpsAI.Bot.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace DevOpsAI.Tests.Hosting;

/// <summary>A clock that is ahead on purpose is for tests: nobody sets a bot that works that way.</summary>
public sealed class ClockAheadTests
{
    [Theory]
    [InlineData("Development", "30.00:00:00", 30)]
    [InlineData("Development", "00:00:00", 0)]
    [InlineData("Development", "-1.00:00:00", 0)]
    [InlineData("Development", null, 0)]
    [InlineData("Production", "30.00:00:00", 0)]
    public void Only_development_has_a_clock_that_is_ahead(string environment, string? setting, int days)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Testing:ClockAhead", setting)]).Build();
        var clock = ClockAhead.For(new Named(environment), configuration);
        if (days == 0)
            clock.ShouldBeSameAs(TimeProvider.System);
        var before = TimeProvider.System.GetUtcNow();
        (clock.GetUtcNow() - before).ShouldBeInRange(TimeSpan.FromDays(days), TimeSpan.FromDays(days) + TimeSpan.FromMinutes(1));
        clock.GetElapsedTime(TimeProvider.System.GetTimestamp()).ShouldBeLessThan(TimeSpan.FromMinutes(1), "waits take as long as they do");
    }

    private sealed class Named(string name) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = name;

        public string ApplicationName { get; set; } = "";

        public string ContentRootPath { get; set; } = "";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
