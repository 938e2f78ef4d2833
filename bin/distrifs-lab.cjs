#!/usr/bin/env node
'use strict';
require('./launch.cjs').launch('distrifs-lab', 'lab', 8);
