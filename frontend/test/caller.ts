import * as health from "@/app/api/health/route";
import * as cancel from "@/app/api/jobs/[id]/cancel/route";
import * as job from "@/app/api/jobs/[id]/route";
import * as jobs from "@/app/api/jobs/route";
import * as uploads from "@/app/api/uploads/route";
import type { Capabilities, JobView, UploadTicket } from "@/lib/api/types";

export interface Answer<Body> {
  status: number;
  body: Body;
}

const NONE = { params: Promise.resolve({}) };
const at = (id: string) => ({ params: Promise.resolve({ id }) });

const PAUSE_MS = 200;

async function read<Body>(answer: Promise<Response>): Promise<Answer<Body>> {
  const response = await answer;
  return { status: response.status, body: await response.json() };
}

function post(path: string, body: unknown): Request {
  const headers = { "content-type": "application/json" };
  return new Request(`http://page${path}`, { method: "POST", headers, body: JSON.stringify(body) });
}

/** Calls of the routes, without a server between. */
export const caller = {
  health: () => read<Capabilities>(health.GET(new Request("http://page/api/health"), NONE)),
  upload: (asked: unknown) => read<UploadTicket>(uploads.POST(post("/api/uploads", asked), NONE)),
  submit: (input: unknown) =>
    read<{ id: string; owner: string }>(jobs.POST(post("/api/jobs", { input }), NONE)),
  look: (id: string) => read<JobView>(job.GET(new Request(`http://page/api/jobs/${id}`), at(id))),
  cancel: (id: string, owner?: string) =>
    read<JobView>(cancel.POST(post(`/api/jobs/${id}/cancel`, { owner }), at(id))),

  /** Asks until the job has ended; what was seen on the way comes first. */
  async follow(id: string): Promise<JobView[]> {
    for (const seen: JobView[] = []; ; ) {
      const { body } = await caller.look(id);
      seen.push(body);
      if (body.status !== "IN_QUEUE" && body.status !== "IN_PROGRESS") return seen;
      await new Promise((later) => setTimeout(later, PAUSE_MS));
    }
  },
};
