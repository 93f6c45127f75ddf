using System.Runtime.Loader;
using DevOpsAI.Common;
using DevOpsAI.Connectors.AzureOpenAI;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Drafting.Intelligence;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.Connectors.AzureOpenAI;

/// <summary>The SDK as the bot registers it, really calling over TLS.</summary>
public sealed class AzureOpenAITests
{
    private static readonly ModelQuestion Question = new("Rules.", "Case.", """{"type":"object","properties":{},"required":[],"additionalProperties":false}""", 500);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_question_goes_out_in_the_services_format_and_its_answer_comes_back()
    {
        await using var server = await ModelServer.StartAsync();
        await using var host = Host(server, server.Address);
        var answered = (await Model(host).AskAsync(Question, Stop)).ShouldBeOfType<ModelReply.Answered>();
        answered.ShouldBe(new ModelReply.Answered("{\"ok\":true}", "gpt-4o-2024-11-20", "stop", 1234, 56));
        var (path, query, credential, body) = server.Questions.ShouldHaveSingleItem();
        (path, credential).ShouldBe(("/openai/deployments/drafts/chat/completions", ModelServer.Key));
        query.ShouldStartWith("?api-version=20");
        body["messages"]!.AsArray().Select(static one => one!["role"]!.ToString()).ShouldBe(["system", "user"]);
        (body["max_tokens"] ?? body["max_completion_tokens"])!.GetValue<int>().ShouldBe(500);
        body["response_format"]!["json_schema"]!["schema"]!["additionalProperties"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Fact]
    public async Task Another_service_of_the_same_protocol_is_asked_by_changing_the_address()
    {
        await using var server = await ModelServer.StartAsync();
        await using var host = Host(server, new(server.Address, "v1"));
        (await Model(host).AskAsync(Question, Stop)).ShouldBeOfType<ModelReply.Answered>();
        var (path, _, credential, body) = server.Questions.ShouldHaveSingleItem();
        (path, credential, body["model"]!.ToString()).ShouldBe(("/v1/chat/completions", "Bearer " + ModelServer.Key, "drafts"));
    }

    [Fact]
    public async Task A_second_try_shows_the_model_its_answer_and_what_was_wrong()
    {
        await using var server = await ModelServer.StartAsync();
        await using var host = Host(server, server.Address);
        await Model(host).AskAsync(Question with { Rejected = "no", Errors = "It is no JSON." }, Stop);
        var messages = server.Questions.Single().Body["messages"]!.AsArray();
        messages.Select(static one => one!["role"]!.ToString()).ShouldBe(["system", "user", "assistant", "user"]);
        messages[3]!["content"]!.ToString().ShouldContain("It is no JSON.");
    }

    [Theory]
    [InlineData(ServiceMood.FiltersQuestion, ModelFailure.Filtered)]
    [InlineData(ServiceMood.FiltersAnswer, ModelFailure.Filtered)]
    [InlineData(ServiceMood.NoSuchKey, ModelFailure.Refused)]
    [InlineData(ServiceMood.Garbage, ModelFailure.Unavailable)]
    public async Task What_the_service_does_instead_of_answering_has_a_name(ServiceMood mood, ModelFailure why)
    {
        await using var server = await ModelServer.StartAsync();
        server.Moods.Enqueue(mood);
        await using var host = Host(server, server.Address);
        (await Model(host).AskAsync(Question, Stop)).ShouldBeOfType<ModelReply.Failed>().Why.ShouldBe(why);
    }

    [Theory]
    [InlineData(ServiceMood.Truncates, "length")]
    [InlineData(ServiceMood.Prose, "stop")]
    [InlineData(ServiceMood.OtherSchema, "stop")]
    [InlineData(ServiceMood.Adversarial, "stop")]
    public async Task Whatever_it_wrote_is_handed_on_as_text(ServiceMood mood, string finish)
    {
        await using var server = await ModelServer.StartAsync();
        server.Moods.Enqueue(mood);
        await using var host = Host(server, server.Address);
        (await Model(host).AskAsync(Question, Stop)).ShouldBeOfType<ModelReply.Answered>().FinishReason.ShouldBe(finish);
    }

    [Fact]
    public async Task A_service_that_asks_for_patience_gets_it_and_a_failure_is_asked_once_more()
    {
        await using var server = await ModelServer.StartAsync();
        server.Moods.Enqueue(ServiceMood.TooMany);
        server.Moods.Enqueue(ServiceMood.TooMany);
        await using var host = Host(server, server.Address);
        var began = TimeProvider.System.GetTimestamp();
        (await Model(host).AskAsync(Question, Stop)).ShouldBeOfType<ModelReply.Answered>();
        TimeProvider.System.GetElapsedTime(began).ShouldBeGreaterThan(TimeSpan.FromSeconds(1.9));
        server.Moods.Enqueue(ServiceMood.Fails);
        (await Model(host).AskAsync(Question, Stop)).ShouldBeOfType<ModelReply.Answered>();
        server.Questions.Count.ShouldBe(5);
    }

    [Fact]
    public async Task More_patience_than_a_draft_has_is_not_waited_for()
    {
        await using var server = await ModelServer.StartAsync();
        server.RetryAfter = 60;
        server.Moods.Enqueue(ServiceMood.TooMany);
        await using var host = Host(server, server.Address);
        (await Model(host).AskAsync(Question, Stop)).ShouldBeOfType<ModelReply.Failed>().Why.ShouldBe(ModelFailure.Busy);
        server.Questions.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_service_that_keeps_failing_is_left_alone_for_a_while()
    {
        await using var server = await ModelServer.StartAsync();
        foreach (var _ in Enumerable.Range(0, 40))
            server.Moods.Enqueue(ServiceMood.Fails);
        await using var host = Host(server, server.Address);
        foreach (var _ in Enumerable.Range(0, 6))
            (await Model(host).AskAsync(Question, Stop)).ShouldBeOfType<ModelReply.Failed>().Why.ShouldBe(ModelFailure.Unavailable);
        // Four questions, each asked twice; the others were not sent.
        server.Questions.Count.ShouldBe(8);
    }

    [Fact]
    public async Task A_service_that_hangs_is_given_up_with_the_callers_time()
    {
        await using var server = await ModelServer.StartAsync();
        server.Moods.Enqueue(ServiceMood.Hangs);
        await using var host = Host(server, server.Address);
        using var late = new CancellationTokenSource();
        var asked = Model(host).AskAsync(Question, late.Token);
        while (server.Questions.IsEmpty)
            await Task.Yield();
        await late.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(asked);
    }

    [Fact]
    public async Task A_server_that_nobody_vouches_for_gets_no_question()
    {
        await using var server = await ModelServer.StartAsync();
        await using var host = Host(null, server.Address);
        (await Model(host).AskAsync(Question, Stop)).ShouldBeOfType<ModelReply.Failed>().Why.ShouldBe(ModelFailure.Unavailable);
        server.Questions.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_key_that_is_not_where_the_settings_say_is_a_refusal()
    {
        await using var server = await ModelServer.StartAsync();
        await using var host = Host(server, server.Address, "env:DEVOPSAI_NO_SUCH_VARIABLE");
        (await Model(host).AskAsync(Question, Stop)).ShouldBeOfType<ModelReply.Failed>().Why.ShouldBe(ModelFailure.Refused);
    }

    [Fact]
    public async Task Without_an_address_there_is_no_model()
    {
        await using var host = new ServiceCollection().AddAzureOpenAI(new ConfigurationBuilder().Build()).BuildServiceProvider();
        host.GetService<IDraftModel>().ShouldBeNull();
    }

    [Fact]
    public async Task The_SDK_is_loaded_with_the_first_question_and_not_before()
    {
        var apart = new Apart();
        var connectors = apart.LoadFromAssemblyPath(typeof(AzureOpenAIServices).Assembly.Location);
        connectors.GetTypes().ShouldNotBeEmpty();
        var settings = Settings(new("https://127.0.0.1:1/"), ModelServer.Key);
        var services = Base(settings);
        connectors.GetType("DevOpsAI.Connectors.AzureOpenAI.AzureOpenAIServices", throwOnError: true)!.GetMethod("AddAzureOpenAI")!
            .Invoke(null, [services, settings]);
        await using var provider = services.BuildServiceProvider();
        var model = provider.GetRequiredService<IDraftModel>();
        model.Deployment.ShouldBe("drafts");
        apart.Loaded.Where(Apart.IsLate).ShouldBeEmpty();
        (await model.AskAsync(Question, Stop)).ShouldBeOfType<ModelReply.Failed>();
        apart.Loaded.ShouldContain("OpenAI");
    }

    private static IDraftModel Model(ServiceProvider host) => host.GetRequiredService<IDraftModel>();

    private static IConfiguration Settings(Uri address, string key) => new ConfigurationBuilder().AddInMemoryCollection(
        new Dictionary<string, string?>
        {
            ["Intelligence:Endpoint"] = address.AbsoluteUri, ["Intelligence:Deployment"] = "drafts", ["Intelligence:ApiKey"] = key,
        }).Build();

    private static IServiceCollection Base(IConfiguration settings)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddSingleton(settings)
            .AddSingleton<ISecretSource>(new SecretSource(TimeProvider.System));
        services.AddOptions<IntelligenceOptions>().BindConfiguration("Intelligence");
        return services;
    }

    /// <param name="trusted">Whose certificate is trusted; null for nobody's but the machine's own authorities.</param>
    private static ServiceProvider Host(ModelServer? trusted, Uri address, string key = ModelServer.Key)
    {
        var settings = Settings(address, key);
        var services = Base(settings).AddAzureOpenAI(settings);
        if (trusted is not null)
            services.AddHttpClient(VendorClient.ReadingClient).ConfigurePrimaryHttpMessageHandler(trusted.Handler);
        return services.BuildServiceProvider();
    }

    /// <summary>Loads the connectors and the SDK once more, apart from what other tests have loaded.</summary>
    private sealed class Apart() : AssemblyLoadContext("apart")
    {
        public IReadOnlyList<string> Loaded => [.. Assemblies.Select(static one => one.GetName().Name!)];

        public static bool IsLate(string name) => name is "OpenAI" or "Azure.AI.OpenAI" or "Azure.Identity";

        protected override System.Reflection.Assembly? Load(System.Reflection.AssemblyName name) =>
            IsLate(name.Name!) ? LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, $"{name.Name}.dll")) : null;
    }
}
