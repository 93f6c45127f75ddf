using System.Text.Json.Nodes;
using DevOpsAI.Drafting.Intelligence;

namespace DevOpsAI.Tests.Core.Drafting.Intelligence;

/// <summary>A model that answers what a test says, and remembers what it was asked.</summary>
internal sealed class ScriptedModel(Func<ModelQuestion, ModelReply> answer) : IDraftModel
{
    public string Deployment => "gpt-test";

    public List<ModelQuestion> Asked { get; } = [];

    /// <summary>Waits until the caller gives up.</summary>
    public bool Hangs { get; set; }

    /// <summary>Set as soon as a question hangs.</summary>
    public TaskCompletionSource Hanging { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ScriptedModel(params string[] answers) : this(Queue(answers)) { }

    public async Task<ModelReply> AskAsync(ModelQuestion question, CancellationToken cancellationToken)
    {
        lock (Asked)
            Asked.Add(question);
        if (Hangs)
        {
            Hanging.TrySetResult();
            // Not even its token makes it answer.
            await Task.Delay(Timeout.Infinite, CancellationToken.None);
        }
        return answer(question);
    }

    public static ModelReply Says(string text, string finish = "stop", int prompt = 900, int tokens = 100) =>
        new ModelReply.Answered(text, "gpt-test-2026", finish, prompt, tokens);

    /// <summary>A good answer with this plan.</summary>
    public static JsonObject Answer(params (string Action, (string Name, string Value)[] Arguments)[] plan) => new()
    {
        ["summary"] = "Free space on the volume.",
        ["likelyCause"] = "Old update files.",
        ["evidence"] = new JsonArray(new JsonObject { ["ref"] = "e1", ["says"] = "The disk is nearly full." }),
        ["plan"] = new JsonArray([.. plan.Select(static step => (JsonNode)new JsonObject
        {
            ["action"] = step.Action,
            ["arguments"] = new JsonArray([.. step.Arguments.Select(static one =>
                (JsonNode)new JsonObject { ["name"] = one.Name, ["value"] = one.Value })]),
            ["why"] = "It helps.",
        })]),
        ["alternatives"] = new JsonArray("Wait for the nightly job."),
        ["risk"] = "low",
        ["riskNotes"] = new JsonArray("None."),
        ["wouldChange"] = new JsonArray("A newer reading."),
    };

    private static Func<ModelQuestion, ModelReply> Queue(string[] answers)
    {
        var next = 0;
        return _ => Says(answers[Math.Min(next++, answers.Length - 1)]);
    }
}
