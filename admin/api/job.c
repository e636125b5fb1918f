/* SPDX-License-Identifier: MIT */
/* Long jobs as a resource: seen, not made by hand. */
#include "admin/api/api.h"

const struct noun noun_job = {
    .name = "job",
    .kind = JSON_FORMAT_NUMBER,
    .table = TABLE_JOB,
    .record = &rec__job__descriptor,
};
